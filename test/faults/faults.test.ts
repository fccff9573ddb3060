import { describe, expect, it } from 'vitest'
import { testRedis } from '../setup/index.ts'
import { faultKinds } from './nemesis/faults.ts'
import { schedule, type Turn } from './nemesis/schedule.ts'
import { report } from './report.ts'
import { runFaults } from './run.ts'

// of each group at least one; all of them, at length: npm run test:faults
const kinds = [
  'process killed',
  'process frozen',
  'redis killed and restarted',
  'redis flushed',
  'one cut off from redis, silent',
  'all cut off from redis, replies held back',
  'redis failed over',
  'postgres restarted',
]

describe.skipIf(testRedis() === null)('three processes, eight clients, and whatever can go wrong', () => {
  it('contradict no answered write, and read nothing back in time', async () => {
    const totals = await runFaults({
      seed: 5,
      forMs: 120_000,
      faults: { kinds, rounds: 1, pause: [200, 600], pairs: 0, longest: 1200 },
    })
    console.log(report(totals))
    expect(totals.firstViolations).toEqual([])
    expect(totals.violations).toBe(0)
    // whatever fails, fails as a service in trouble does
    expect(totals.oddities).toEqual({})
    expect(Object.keys(totals.faults).toSorted()).toEqual(kinds.toSorted())
    expect(totals.reads).toBeGreaterThan(2000)
    expect(Object.keys(totals.readsBySort).toSorted()).toEqual(['counter', 'list', 'lookup', 'order', 'row', 'sum'])
    expect(totals.writes['done']).toBeGreaterThan(30)
    expect(totals.writes['outside']).toBeGreaterThan(5)
  })
})

describe('the nemesis', () => {
  const turns = (seed: number, count: number): Turn[] =>
    Array.from(schedule({ seed, processes: 3, rounds: 3 })).slice(0, count)

  it('does the same for the same seed, and something else for another', () => {
    expect(turns(7, 40)).toEqual(turns(7, 40))
    expect(turns(7, 40)).not.toEqual(turns(8, 40))
  })

  it('leaves no kind out before any comes twice', () => {
    const all = Object.keys(faultKinds)
    const drawn = turns(7, 2 * all.length).map(({ fault }) => fault.kind)
    expect(drawn.slice(0, all.length).toSorted()).toEqual(all.toSorted())
    expect(drawn.slice(all.length).toSorted()).toEqual(all.toSorted())
  })

  it('covers every group in its short form', () => {
    const groups = (names: readonly string[]): string[] =>
      [...new Set(names.map((name) => faultKinds[name]?.group ?? name))].toSorted()
    expect(groups(kinds)).toEqual(groups(Object.keys(faultKinds)))
  })
})
