import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createCache,
  int,
  list,
  object,
  shape,
  text,
  type Cache,
  type CacheEvent,
  type Kind,
  type Store,
} from '../../src/cache/index.ts'
import { storesUnderTest, type StoreHarness } from './stores.ts'

interface Thing {
  readonly id: number
  readonly name: string
}

/** A moment that a test waits for, and one that it decides. */
class Barrier {
  readonly reached: Promise<void>
  readonly #opened: Promise<void>
  open: () => void = () => {}
  #reach: () => void = () => {}

  constructor() {
    this.reached = new Promise((resolve) => (this.#reach = resolve))
    this.#opened = new Promise((resolve) => (this.open = resolve))
  }

  async pass(): Promise<void> {
    this.#reach()
    await this.#opened
  }
}

/** A table, and one process that reads it through a cache. */
class Process {
  readonly loads: (readonly number[])[] = []
  readonly events: CacheEvent[] = []
  readonly cache: Cache
  readonly things: Kind<number, Thing>
  readonly lists: Kind<string, { readonly ids: readonly number[] }>
  readonly listLoads: string[] = []
  /** Set to stop the next load right after it has read the table. */
  barrier: Barrier | undefined
  failing = false

  constructor(
    store: Store,
    prefix: string,
    table: Map<number, string>,
    options: { waitMs?: number; leaseMs?: number; holdMs?: number } = {},
  ) {
    this.cache = createCache({
      store,
      prefix,
      listener: (event) => this.events.push(event),
      waitMs: 20_000,
      ...options,
    })
    this.things = this.cache.kind<number, Thing>({
      name: 'thing',
      shape: shape(1, object({ id: int, name: text })),
      key: (id) => [String(id)],
      belongs: (id, thing) => thing.id === id,
      load: async (ids) => {
        this.loads.push(ids)
        if (this.failing) throw new Error('the table is away')
        const rows = ids.map((id) => (table.has(id) ? { id, name: table.get(id) ?? '' } : null))
        const { barrier } = this
        this.barrier = undefined
        await barrier?.pass()
        return rows
      },
    })
    this.lists = this.cache.kind<string, { readonly ids: readonly number[] }>({
      name: 'list',
      shape: shape(1, object({ ids: list(int) })),
      key: (name) => [name],
      groups: (name) => [name],
      load: async (names) => {
        this.listLoads.push(...names)
        const lists = names.map(() => ({ ids: [...table.keys()].toSorted() }))
        const { barrier } = this
        this.barrier = undefined
        await barrier?.pass()
        return lists
      },
    })
  }

  async name(id: number): Promise<string | null> {
    const [thing] = await this.things.read([id])
    if (thing instanceof Error) throw thing
    return thing?.name ?? null
  }

  async ids(name: string): Promise<readonly number[]> {
    const [found] = await this.lists.read([name])
    if (found instanceof Error || found === null || found === undefined) throw new Error('no list')
    return found.ids
  }

  count(type: CacheEvent['type']): number {
    return this.events.reduce((sum, event) => sum + (event.type === type ? ('count' in event ? event.count : 1) : 0), 0)
  }

  reasons(): string[] {
    return this.events.flatMap((event) => (event.type === 'bypass' ? [event.reason] : []))
  }
}

/** Reads until the store answers, and not the table. */
async function untilHit(process: Process, id: number): Promise<string | null> {
  for (;;) {
    process.events.length = 0
    const name = await process.name(id)
    if (process.count('hit') > 0) return name
    await new Promise(setImmediate)
  }
}

describe.each(storesUnderTest)('the cache on $name', (underTest) => {
  describe.skipIf(underTest.skip)('coherently', () => {
    let harness: StoreHarness
    let store: Store
    let secondStore: Store
    let table: Map<number, string>
    let one: Process
    let two: Process
    let round = 0

    beforeAll(async () => {
      harness = await underTest.start()
      store = await harness.open()
      secondStore = store.shared ? await harness.open() : store
    })
    afterAll(async () => {
      await store.close()
      await secondStore.close()
      await harness.stop()
    })
    beforeEach(() => {
      table = new Map([
        [1, 'one'],
        [2, 'two'],
      ])
      round += 1
      one = new Process(store, `${harness.prefix}-${round}`, table)
      two = new Process(secondStore, `${harness.prefix}-${round}`, table)
    })

    /** A whole write, as a transaction would do it; `during` happens right before its COMMIT and right after it. */
    async function write(
      by: Process,
      keys: readonly string[],
      commit: () => void,
      during: () => Promise<void> = async () => {},
    ): Promise<void> {
      const writer = `w${Math.random().toString(36).slice(2)}`
      expect(await by.cache.hold(keys, writer)).toEqual([])
      await during()
      commit()
      await during()
      expect(await by.cache.evict(keys, writer)).toEqual([])
    }

    it('answers in the order of the ids, with each id loaded once, and null for what is not there', async () => {
      const read = await one.things.read([2, 9, 1, 2])
      expect(read).toEqual([{ id: 2, name: 'two' }, null, { id: 1, name: 'one' }, { id: 2, name: 'two' }])
      expect(one.loads).toEqual([[2, 9, 1]])
      expect(await two.things.read([9, 2])).toEqual([null, { id: 2, name: 'two' }])
      expect(two.loads).toEqual([])
      expect([two.count('hit'), two.count('negative')]).toEqual([1, 1])
    })

    it('reads 10,000 keys at once, in one load and a handful of round trips', async () => {
      const ids = Array.from({ length: 10_000 }, (_, i) => i)
      for (const id of ids) table.set(id, `thing ${id}`)
      expect(await one.things.read(ids)).toHaveLength(10_000)
      expect(one.loads).toHaveLength(1)
      const before = two.count('command')
      expect((await two.things.read(ids))[9999]).toEqual({ id: 9999, name: 'thing 9999' })
      expect(two.loads).toHaveLength(0)
      expect(two.count('command') - before).toBe(1)
    })

    it('asks the store once for all kinds that are read in one tick', async () => {
      await Promise.all([one.things.read([1]), one.lists.read(['a'])])
      const cold = one.events.flatMap((event) => (event.type === 'command' ? [event.operation] : []))
      // the look, the generations, the leases, and what was loaded
      expect(cold.filter((operation) => operation === 'read')).toHaveLength(1)
      expect(cold.filter((operation) => operation === 'acquire')).toHaveLength(1)
      one.events.length = 0
      await Promise.all([one.things.read([1]), one.lists.read(['a'])])
      expect(one.count('command')).toBe(1)
    })

    it('shares one load among all that read at once in a process, and makes another process wait for it', async () => {
      const barrier = new Barrier()
      one.barrier = barrier
      const first = one.name(1)
      await barrier.reached
      const others = [one.name(1), one.name(1), two.name(1)]
      // the joiners and the waiter have looked before the load ends
      while (one.count('command') < 4 || two.count('command') < 1)
        await Promise.resolve().then(() => new Promise(setImmediate))
      barrier.open()
      expect(await Promise.all([first, ...others])).toEqual(['one', 'one', 'one', 'one'])
      expect([...one.loads, ...two.loads]).toEqual([[1]])
      expect(one.count('join')).toBe(2)
    })

    it('reads the database itself where another process does not finish in time, and stores nothing', async () => {
      const impatient = new Process(secondStore, `${harness.prefix}-${round}`, table, { waitMs: 1 })
      const other = store.shared ? one : new Process(store, `${harness.prefix}-${round}`, table)
      const barrier = new Barrier()
      other.barrier = barrier
      const slow = other.name(1)
      await barrier.reached
      expect(await impatient.name(1)).toBe('one')
      expect(impatient.reasons()).toEqual(['waited'])
      expect(impatient.count('fill')).toBe(0)
      barrier.open()
      expect(await slow).toBe('one')
    })

    it('a fill that comes after a write is lost: what it read is never served again', async () => {
      const barrier = new Barrier()
      one.barrier = barrier
      const stale = one.name(1)
      await barrier.reached
      await write(two, [two.things.key(1)], () => table.set(1, 'new'))
      barrier.open()
      expect(await stale).toBe('one')
      expect(one.count('lostFill')).toBe(1)
      expect(await one.name(1)).toBe('new')
      expect(await two.name(1)).toBe('new')
    })

    it('a reader that comes during a write reads the database and stores nothing', async () => {
      await one.name(1)
      const seen: unknown[] = []
      await write(
        two,
        [two.things.key(1)],
        () => table.set(1, 'new'),
        async () => void seen.push(await one.name(1)),
      )
      expect(seen).toEqual(['one', 'new'])
      expect(one.reasons()).toEqual(['held', 'held'])
      expect(await one.name(1)).toBe('new')
    })

    it('two writers that cross keep the entry held until both are done', async () => {
      const key = one.things.key(1)
      await one.cache.hold([key], 'w1')
      await two.cache.hold([key], 'w2')
      table.set(1, 'first')
      await one.cache.evict([key], 'w1')
      expect(await one.name(1)).toBe('first')
      table.set(1, 'second')
      expect(await two.name(1)).toBe('second')
      await two.cache.evict([key], 'w2')
      expect(await one.name(1)).toBe('second')
    })

    it('a writer that died before its commit, or after it, keeps readers out no longer than its deadline', async () => {
      const brief = new Process(secondStore, `${harness.prefix}-${round}`, table, { holdMs: 300 })
      await one.name(1)
      // before: nothing has changed, and the entry is cached again in the end
      await brief.cache.hold([one.things.key(1)], 'dead')
      expect(await one.name(1)).toBe('one')
      expect(one.reasons()).toContain('held')
      await untilHit(one, 1)
      // after: what it committed is what everybody reads from then on
      await brief.cache.hold([one.things.key(1)], 'dead too')
      table.set(1, 'committed')
      expect(await one.name(1)).toBe('committed')
      expect(await untilHit(two, 1)).toBe('committed')
    })

    it('a dead writer on a key that is written again and again does not outlive its deadline', async () => {
      const brief = new Process(secondStore, `${harness.prefix}-${round}`, table, { holdMs: 200 })
      const key = one.things.key(1)
      await brief.cache.hold([key], 'dead')
      const deadline = Date.now() + 200
      let version = 0
      while (Date.now() < deadline + 50) {
        await write(two, [key], () => table.set(1, `version ${(version += 1)}`))
        expect(await one.name(1)).toBe(`version ${version}`)
      }
      expect(await untilHit(one, 1)).toBe(`version ${version}`)
    })

    it('a lease whose reader died is free again when its time is up', async () => {
      const brief = new Process(store, `${harness.prefix}-${round}`, table, { leaseMs: 200 })
      brief.barrier = new Barrier()
      const { reached } = brief.barrier
      void brief.name(1)
      await reached
      expect(await two.name(1)).toBe('one')
      expect(two.count('miss')).toBe(1)
    })

    it('an eviction for a change that was made elsewhere takes what is there, and leases with it', async () => {
      const barrier = new Barrier()
      one.barrier = barrier
      const stale = one.name(1)
      await barrier.reached
      table.set(1, 'by hand')
      expect(await two.cache.evict([two.things.key(1)])).toEqual([])
      barrier.open()
      expect(await stale).toBe('one')
      expect([await one.name(1), await two.name(1)]).toEqual(['by hand', 'by hand'])
    })

    it('a write voids every list of its group, and no other', async () => {
      expect([await one.ids('a'), await one.ids('b')]).toEqual([
        [1, 2],
        [1, 2],
      ])
      await write(two, [two.cache.groupKey('a')], () => table.set(3, 'three'))
      expect([await one.ids('a'), await one.ids('b')]).toEqual([
        [1, 2, 3],
        [1, 2],
      ])
      await one.cache.evict([one.lists.generationKey])
      expect([await two.ids('a'), await two.ids('b')]).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ])
    })

    it('a list that is read during a write of its group is not stored', async () => {
      await one.ids('a')
      const seen: unknown[] = []
      const look = async (): Promise<void> => void seen.push(await one.ids('a'))
      await write(two, [two.cache.groupKey('a')], () => table.set(3, 'three'), look)
      await write(two, [two.cache.groupKey('a')], () => table.set(4, 'four'), look)
      expect(seen).toEqual([
        [1, 2],
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3, 4],
      ])
      expect(one.reasons()).toEqual(['held', 'held', 'held', 'held'])
    })

    it('a list does not join the load that began before its group was evicted', async () => {
      await one.ids('b')
      const barrier = new Barrier()
      one.barrier = barrier
      const stale = one.ids('a')
      await barrier.reached
      await write(two, [two.cache.groupKey('a')], () => table.set(3, 'three'))
      const fresh = one.ids('a')
      while (one.count('command') < 8) await new Promise(setImmediate)
      barrier.open()
      expect(await stale).toEqual([1, 2])
      expect(await fresh).toEqual([1, 2, 3])
    })

    it('a load that fails fails its own keys alone, is not kept, and leaves nothing locked', async () => {
      await one.name(1)
      one.failing = true
      const [good, bad] = await one.things.read([1, 2])
      expect(good).toEqual({ id: 1, name: 'one' })
      expect(bad).toEqual(new Error('the table is away'))
      one.failing = false
      expect(await two.name(2)).toBe('two')
    })

    it('a loader that answers too few rows, or in another order, is named', async () => {
      const broken = one.cache.kind<number, Thing>({
        name: 'short',
        shape: shape(1, object({ id: int, name: text })),
        key: (id) => [String(id)],
        load: () => Promise.resolve([]),
      })
      expect(await broken.read([1, 2])).toEqual(
        [1, 2].map(
          () =>
            expect.objectContaining({
              message: expect.stringContaining(
                'the loader of kind "short" must answer with one value or null for each of the 2 ids',
              ) as string,
            }) as unknown,
        ),
      )
      const crossed = one.cache.kind<number, Thing>({
        name: 'crossed',
        shape: shape(1, object({ id: int, name: text })),
        key: (id) => [String(id)],
        belongs: (id, thing) => thing.id === id,
        load: (ids) => Promise.resolve(ids.toReversed().map((id) => ({ id, name: '' }))),
      })
      const [first] = await crossed.read([1, 2])
      expect((first as Error).message).toContain('the loader of kind "crossed" must answer in the order of the ids')
    })

    it('a newer build keeps its entries from an older one, which stores nothing', async () => {
      const newer = one.cache.kind<number, Thing & { more: string }>({
        name: 'built',
        shape: shape(2, object({ id: int, name: text, more: text })),
        key: (id) => [String(id)],
        load: (ids) => Promise.resolve(ids.map((id) => ({ id, name: 'n', more: 'm' }))),
      })
      const olderIn = ({ cache }: Process) =>
        cache.kind<number, Thing>({
          name: 'built',
          shape: shape(1, object({ id: int, name: text })),
          key: (id) => [String(id)],
          load: (ids) => Promise.resolve(ids.map((id) => ({ id, name: 'o' }))),
        })
      // filled by another process, so that this one has no copy of it
      const another = store.shared ? await harness.open() : store
      await olderIn(new Process(another, `${harness.prefix}-${round}`, table)).read([1])
      if (another !== store) await another.close()
      const older = olderIn(two)
      expect(await newer.read([1])).toEqual([{ id: 1, name: 'n', more: 'm' }])
      expect(await older.read([1])).toEqual([{ id: 1, name: 'o' }])
      expect(two.reasons()).toEqual(['newer'])
      one.events.length = 0
      await newer.read([1])
      expect(one.count('hit')).toBe(1)
    })

    it('an entry that is not ours counts as a miss, and is replaced', async ({ skip }) => {
      if (harness.put === null) return skip('nobody else can reach the store')
      await harness.put(one.things.key(1), 'not ours')
      expect(await one.name(1)).toBe('one')
      expect(one.count('corrupt')).toBe(1)
      await one.name(1)
      expect(one.count('hit')).toBe(1)
    })

    it('reads past the store while it may not trust it', async () => {
      await one.name(1)
      await one.cache.trust(false)
      table.set(1, 'changed unnoticed')
      expect(await one.name(1)).toBe('changed unnoticed')
      expect(one.reasons()).toEqual(['untrusted'])
    })

    it('past the store, shares only loads whose statement has not been sent', async () => {
      await one.cache.trust(false)
      const barrier = new Barrier()
      one.barrier = barrier
      const running = one.name(1)
      await barrier.reached
      table.set(1, 'new')
      const later = [one.name(1), one.name(1)]
      barrier.open()
      expect(await running).toBe('one')
      expect(await Promise.all(later)).toEqual(['new', 'new'])
      expect(one.loads).toEqual([[1], [1]])
    })
  })
})
