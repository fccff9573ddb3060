import { describe, expect, it } from 'vitest'
import { explore, type Model } from './explorer.ts'

const entry: Model = { readers: [2, 1], writers: 2, oneProcess: false, ordered: true }
const list: Model = { ...entry, grouped: true, readers: [1, 1] }

describe('in every interleaving of readers, writers, expiry and death', () => {
  it.each<[string, Model]>([
    ['an entry, read by two processes', entry],
    ['an entry, read twice in one process', { ...entry, oneProcess: true }],
    ['a list under its generation, read by two processes', list],
    ['a list under its generation, read twice in one process', { ...list, oneProcess: true }],
  ])('%s is never older than what was acknowledged or seen before', (_name, model) => {
    const { states, violation } = explore(model)
    console.log(`  ${states.toLocaleString('en')} states`)
    expect(violation).toBeUndefined()
    expect(states).toBeGreaterThan(1000)
  })

  it.each<[string, Model]>([
    ['an entry', { ...entry, holdsGetLost: true, ordered: false }],
    ['a list', { ...list, holdsGetLost: true, ordered: false }],
  ])('%s is never older than what was acknowledged, even where holds get lost', (_name, model) => {
    expect(explore(model).violation).toBeUndefined()
  })
})

describe('the exploration finds what goes wrong', () => {
  it('without leases, as in the textbook: a slow reader stores an old row after the eviction', () => {
    expect(explore({ ...entry, writers: 1, ordered: false, without: 'leases' }).violation).toBeDefined()
  })

  it('without holds: a reader goes back in time between commit and eviction', () => {
    expect(explore({ ...entry, writers: 1, ordered: false, without: 'holds' }).violation).toBeUndefined()
    expect(explore({ ...entry, writers: 1, without: 'holds' }).violation).toBeDefined()
  })

  it('with a single hold for all writers: the first of two releases the other', () => {
    expect(explore({ ...entry, without: 'sets of holds' }).violation).toBeDefined()
  })

  it('where holds get lost: the order of reads, and nothing else', () => {
    expect(explore({ ...entry, holdsGetLost: true }).violation).toBeDefined()
  })

  it('where a list joins a load that began under an older generation', () => {
    const model: Model = { ...list, oneProcess: true, without: 'stamps of loads that are joined' }
    expect(explore(model).violation).toBeDefined()
  })
})
