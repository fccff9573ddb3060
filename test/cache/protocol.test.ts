import { describe, expect, it } from 'vitest'
import { statedStates } from '../setup/states.ts'
import { explore, type Model } from './explorer.ts'

const entry: Model = { readers: [2, 2], writers: 2, oneProcess: false, ordered: true }
const list: Model = { ...entry, grouped: true, readers: [2, 1] }
const smaller: Model = { ...entry, readers: [2, 1] }

describe('in every interleaving of readers, writers, expiry and death', () => {
  it.each<[string, Model]>([
    ['an entry, read by two processes', entry],
    ['an entry, read twice in one process', { ...smaller, oneProcess: true }],
    ['a list under its generation, read by two processes', { ...list, readers: [1, 1] }],
    ['a list under its generation, read twice in one process', { ...list, oneProcess: true }],
    ['an entry, of which two processes keep copies', { ...smaller, near: true }],
    ['a list under its generation, of which a process keeps copies', { ...list, readers: [2], near: true }],
  ])('%s is never older than what was acknowledged or seen before', (name, model) => {
    const { states, violation } = explore(model)
    expect(violation).toBeUndefined()
    expect(states).toBe(statedStates(name))
  })

  it.each<[string, Model]>([
    ['an entry', { ...smaller, holdsGetLost: true, evictionsFail: true, ordered: false }],
    ['a list', { ...smaller, grouped: true, readers: [1, 1], holdsGetLost: true, evictionsFail: true, ordered: false }],
    ['a copy', { ...smaller, readers: [2], near: true, holdsGetLost: true, evictionsFail: true, ordered: false }],
  ])('%s is never older than what was acknowledged, even where holds get lost and evictions fail', (_name, model) => {
    expect(explore(model).violation).toBeUndefined()
  })
})

describe('the exploration finds what goes wrong', () => {
  it('without leases, as in the textbook: a slow reader stores an old row after the eviction', () => {
    const { violation } = explore({ readers: [2], writers: 1, oneProcess: false, ordered: false, without: 'leases' })
    console.log(`  ${violation?.join('\n  ')}`)
    expect(violation).toEqual([
      'writer 0 begins',
      'reader 0 looks',
      'reader 0 is granted',
      'reader 0 loads 0',
      'writer 0 commits 1',
      'writer 0 evicts and is answered',
      'reader 0 fills 0',
      'reader 0 looks',
    ])
  })

  it('without holds: a reader goes back in time between commit and eviction', () => {
    expect(explore({ ...smaller, writers: 1, ordered: false, without: 'holds' }).violation).toBeUndefined()
    expect(explore({ ...smaller, writers: 1, without: 'holds' }).violation).toBeDefined()
  })

  it('with a single hold for all writers: the first of two releases the other', () => {
    expect(explore({ ...smaller, without: 'sets of holds' }).violation).toBeDefined()
  })

  it('where holds get lost: the order of reads, and nothing else', () => {
    expect(explore({ ...smaller, holdsGetLost: true }).violation).toBeDefined()
  })

  it.each(['records of holds', 'giving up copies'] as const)('in copies without %s', (without) => {
    expect(explore({ ...smaller, near: true, without }).violation).toBeDefined()
  })

  it('where a list joins a load that began under an older generation', () => {
    const model: Model = { ...list, oneProcess: true, without: 'stamps of loads that are joined' }
    expect(explore(model).violation).toBeDefined()
  })
})
