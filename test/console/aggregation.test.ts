import { describe, expect, it } from 'vitest'
import { memoryStore, createCache } from '../../src/cache/index.ts'
import type { Change } from '../../src/catalog/index.ts'
import { startConsole, type SharedLog, type State } from '../../src/console/index.ts'
import { addDuration, percentile, type Latency } from '../../src/console/latency.ts'
import { parseTick } from '../../src/console/tick.ts'
import { createFeed, createMetrics, type Happening } from '../../src/observe/index.ts'

const slotMs = 2000
const begin = 1_800_000_000_000

/** A log as Redis keeps it, in this process. */
function sharedLog(): SharedLog & { lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    append(_log, line) {
      lines.push(line)
      return Promise.resolve()
    },
    read: (_log, after) =>
      Promise.resolve(lines.map((line, i) => [String(i), line] as const).slice(after === null ? 0 : Number(after) + 1)),
  }
}

/** An instance whose clock stands still until its slot is closed. */
function instance(shared?: SharedLog) {
  let now = begin
  const feed = createFeed((error) => {
    throw error
  })
  // as where the memory is that of Redis
  const cache = createCache({ store: { ...memoryStore(), usage: () => null } })
  const console = startConsole({ feed, cache, shared, now: () => now })
  const states: State[] = []
  return {
    states,
    tell: (...happenings: Happening[]) => happenings.forEach((each) => feed.tell(each)),
    async slot() {
      now += slotMs
      await console.tick()
    },
    async watch() {
      const end = console.watch((state) => states.push(state))
      // at once, and again with what others have told
      while (states.length < 2) await new Promise((resolve) => setImmediate(resolve))
      return end
    },
    latest: () => states.at(-1)!,
    close: () => console.close(),
  }
}

const request = (over: Partial<Extract<Happening, { type: 'request' }>> = {}): Happening => ({
  type: 'request',
  requestId: 'r',
  operation: 'ProductPage',
  operationName: 'ProductPage',
  operationType: 'query',
  status: 200,
  code: null,
  ms: 5,
  hits: 1,
  misses: 0,
  statements: 0,
  ...over,
})

const sample = (over: Partial<Extract<Happening, { type: 'sample' }>> = {}): Happening => ({
  type: 'sample',
  cache: { store: 'redis', trusted: true, trouble: null },
  redis: { usedBytes: 1000, maxBytes: 0, evictedKeys: 7, connections: 3 },
  pools: { read: { size: 10, inUse: 1, waiting: 0 }, write: { size: 5, inUse: 1, waiting: 2 } },
  outbox: { depth: 0, oldestMs: 0 },
  eventLoop: { meanMs: 0, p99Ms: 0, maxMs: 0 },
  ...over,
})

const change = (entity: string, id: number, row = String(id)): Change => ({
  id: row,
  entity,
  before: { id },
  after: { id },
})
const eviction = (by: 'mutation' | 'relay', ...changes: Change[]): Happening => ({
  type: 'eviction',
  by,
  causes: changes.map((each) => ({ change: each, keys: [`larder:${each.entity}:${String(each.after?.['id'])}`] })),
  keys: changes.length,
  lagMs: 1,
})

describe('percentiles', () => {
  it('are told within an eighth, however the durations are spread', () => {
    const latency: Latency = {}
    for (let ms = 1; ms <= 1000; ms += 1) addDuration(latency, ms)
    expect(percentile(latency, 50)! / 500).toBeCloseTo(1, 0)
    expect(Math.abs(percentile(latency, 99)! / 990 - 1)).toBeLessThan(0.125)
    expect(percentile({}, 50)).toBeNull()
  })
})

describe('what one instance tells', () => {
  it('is added up by slot, by kind and by operation', async () => {
    const one = instance()
    one.tell(
      request(),
      request({ ms: 80, statements: 3, operation: 'Search' }),
      request({ status: 503, code: 'UNAVAILABLE' }),
      request({ code: 'BAD_USER_INPUT' }),
      { type: 'batch', kind: 'product' },
      { type: 'hit', kind: 'product', count: 5 },
      { type: 'negative', kind: 'product', count: 1 },
      { type: 'batch', kind: 'review' },
      { type: 'miss', kind: 'review', count: 2 },
      { type: 'load', kind: 'review', count: 2, ms: 1 },
      { type: 'bypass', kind: 'review', count: 1, reason: 'held' },
      sample(),
    )
    await one.slot()
    await one.watch()
    const { minute, kinds, operations, slots, whole } = one.latest()
    expect(whole).toBe(true)
    expect(slots).toHaveLength(1)
    expect(minute).toMatchObject({ requests: 4, errors: 1, hits: 6, reads: 9, statements: 3, avoided: 1, seconds: 2 })
    expect(minute).toMatchObject({ pool: 15, inUse: 2, waiting: 2, clients: 3, memoryLimit: null, down: [] })
    expect(kinds.map(({ kind, hits, misses, bypasses }) => [kind, hits, misses, bypasses])).toEqual([
      ['product', 6, 0, 0],
      ['review', 0, 2, 1],
    ])
    expect(operations.map(({ name, requests, most }) => [name, requests, most])).toEqual([
      ['Search', 1, 80],
      ['ProductPage', 3, 5],
    ])
    one.close()
  })

  it('comes to the share of entries from the cache that metrics have of the same', async () => {
    const one = instance()
    const metrics = createMetrics()
    const happenings: Happening[] = [
      { type: 'hit', kind: 'product', count: 5 },
      { type: 'negative', kind: 'product', count: 1 },
      { type: 'miss', kind: 'product', count: 2 },
      { type: 'bypass', kind: 'review', count: 1, reason: 'held' },
      // loaded, if by another read
      { type: 'join', kind: 'product', count: 3 },
      { type: 'wait', kind: 'review', count: 4 },
      // answers and parts of them, which are no entries
      { type: 'hit', kind: 'response', count: 50 },
      { type: 'hit', kind: 'part', count: 20 },
      { type: 'miss', kind: 'part', count: 10 },
    ]
    one.tell(...happenings)
    happenings.forEach(metrics.count)
    await one.slot()
    await one.watch()
    const { hits, reads } = one.latest().minute
    expect(hits / reads).toBe(6 / 9)
    expect(hits / reads).toBe(shareIn(await metrics.text()))
    one.close()
  })

  it('goes by its own clock', async () => {
    const one = instance()
    one.tell(sample(), eviction('mutation', change('product', 1)))
    await one.slot()
    await one.watch()
    expect(one.latest().evictions.map(({ at }) => at)).toEqual([begin])
    const isDatabaseWell = (): boolean | undefined =>
      one.latest().dependencies.find(({ name }) => name === 'PostgreSQL')?.ok
    expect(isDatabaseWell()).toBe(true)
    // no sample has come for eight seconds
    for (let i = 0; i < 3; i += 1) await one.slot()
    expect(isDatabaseWell()).toBe(false)
    one.close()
  })

  it('goes on as what is new, and is forgotten after ten minutes', async () => {
    const one = instance()
    await one.slot()
    await one.watch()
    one.tell(request(), eviction('mutation', change('product', 42)))
    await one.slot()
    expect(one.latest()).toMatchObject({ whole: false, minute: { requests: 1 } })
    expect(one.latest().evictions).toHaveLength(1)
    await one.slot()
    expect(one.latest().evictions).toEqual([])
    for (let i = 0; i < 300; i += 1) await one.slot()
    expect(one.latest().operations).toEqual([])
    one.close()
  })

  it('an idle or empty server has something to show, too', async () => {
    const one = instance()
    await one.watch()
    expect(one.latest()).toMatchObject({ slots: [], kinds: [], operations: [], evictions: [], minute: { p50: null } })
    one.close()
  })

  it('stays small whatever happens in a slot', async () => {
    const shared = sharedLog()
    const one = instance(shared)
    for (let i = 0; i < 5000; i += 1) {
      one.tell(
        request({ operation: `Operation${i}`, ms: i }),
        eviction('relay', ...Array.from({ length: 50 }, (_, j) => change('product', i * 50 + j))),
      )
    }
    await one.slot()
    expect(shared.lines[0]!.length).toBeLessThan(16_000)
    const tick = parseTick(shared.lines[0]!)!
    expect(Object.values(tick.operations).reduce((sum, { requests }) => sum + requests, 0)).toBe(5000)
    expect(tick.kinds['product']?.evictions).toBe(250_000)
    one.close()
  })
})

/** The share that docs/reference/metrics.md defines, of what was counted since the start. */
function shareIn(counted: string): number {
  const sumOf = (name: string): number =>
    [...counted.matchAll(new RegExp(`^larder_cache_${name}_total\\{kind="([\\w-]+)".*\\} (\\d+)$`, 'gm'))]
      .filter(([, kind = '']) => !['response', 'part'].includes(kind))
      .reduce((sum, [, , count]) => sum + Number(count), 0)
  const hits = sumOf('hits') + sumOf('negative_hits')
  return hits / (hits + sumOf('misses') + sumOf('bypasses'))
}

describe('evictions', () => {
  it('tell which row of which table, by whom, and put what follows from others last', async () => {
    const one = instance()
    const pricing: Change = { id: '2', entity: 'product_pricing', before: null, after: { product_id: 7 } }
    one.tell(
      eviction('mutation', pricing, change('product_variant', 9, '1')),
      eviction('relay', { entity: 'product', before: null, after: null }),
      eviction('mutation', {
        id: '3',
        entity: 'keys',
        before: null,
        after: { keys: ['larder:product:1'], by: 'hand' },
      }),
    )
    await one.slot()
    await one.watch()
    const told = one.latest().evictions.toSorted((a, b) => (a.ids[0] ?? '').localeCompare(b.ids[0] ?? ''))
    expect(told.map(({ by, changes }) => [by, ...changes.map(({ row, what }) => `${row} ${what}`)])).toEqual([
      ['outside', 'product changed as a whole'],
      ['mutation', 'product_variant 9 updated', 'product_pricing 7 created'],
      ['hand'],
    ])
    one.close()
  })

  it('are told once, where a relay delivers again what a mutation has settled', async () => {
    const shared = sharedLog()
    const [one, two] = [instance(shared), instance(shared)]
    const changed = change('product', 42)
    one.tell(eviction('mutation', changed), eviction('relay', changed, change('review', 1)))
    two.tell(eviction('relay', changed))
    await two.slot()
    await one.slot()
    await two.watch()
    const told = two.latest().evictions
    expect(told.map(({ by, changes }) => `${by} ${changes[0]?.row}`).toSorted()).toEqual([
      'mutation product 42',
      'outside review 1',
    ])
    one.close()
    two.close()
  })
})

describe('an eviction from outside', () => {
  it('is told, however many mutations there are beside it', async () => {
    const one = instance()
    for (let i = 0; i < 100; i += 1) one.tell(eviction('mutation', change('product', i)))
    one.tell(eviction('relay', change('review', 5, 'outside')))
    await one.slot()
    await one.watch()
    const told = one.latest().evictions.map(({ by }) => by)
    expect(told.filter((by) => by === 'mutation')).toHaveLength(8)
    expect(told).toContain('outside')
    one.close()
  })
})

describe('several instances', () => {
  it('are added up by whoever is asked, and each is named', async () => {
    const shared = sharedLog()
    const all = [instance(shared), instance(shared), instance(shared)]
    for (const each of all) {
      each.tell(request({ ms: 10 }), { type: 'hit', kind: 'product', count: 3 }, sample())
      await each.slot()
    }
    for (const each of all) {
      await each.watch()
      expect(each.latest().instances).toHaveLength(3)
      expect(each.latest().minute).toMatchObject({ requests: 3, hits: 9, pool: 45, memory: 1000, seconds: 2 })
    }
    all[1]!.tell(request())
    await all[1]!.slot()
    await all[0]!.slot()
    expect(all[0]!.latest()).toMatchObject({ whole: false, minute: { requests: 4 } })
    for (const each of all) each.close()
  })

  it('the trouble of one shows, since when, and which one it is', async () => {
    const shared = sharedLog()
    const [one, two] = [instance(shared), instance(shared)]
    two.tell(sample())
    await two.slot()
    one.tell(sample())
    await one.slot()
    await one.watch()
    expect(one.latest().dependencies.every(({ ok }) => ok)).toBe(true)
    two.tell(sample({ cache: { store: 'redis', trusted: true, trouble: 'Redis did not answer lately' }, outbox: null }))
    await two.slot()
    await one.slot()
    const { dependencies, slots } = one.latest()
    expect(dependencies.map(({ name, ok, since }) => [name, ok, since])).toEqual([
      ['PostgreSQL', false, begin + slotMs],
      ['Cache', false, begin + slotMs],
      ['Outbox', true, null],
    ])
    expect(dependencies[1]?.reason).toMatch(/^Redis did not answer lately \(.+\/\d+\)$/)
    expect(slots.map(({ down }) => down)).toEqual([[], ['PostgreSQL', 'Cache']])
    one.close()
    two.close()
  })

  it('what another build or anybody else has written is passed over', async () => {
    const shared = sharedLog()
    const one = instance(shared)
    await shared.append('console', 'no json', { most: 1, ttlMs: 1 })
    await shared.append('console', '{"at":1}', { most: 1, ttlMs: 1 })
    await one.slot()
    await one.watch()
    expect(one.latest().instances).toHaveLength(1)
    one.close()
  })
})
