import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createCache,
  Dependencies,
  int,
  list,
  memoryStore,
  newToken,
  shape,
  type Cache,
  type Freshness,
  type Keeper,
  type Kind,
  type Store,
} from '../../src/cache/index.ts'
import { storesUnderTest, type StoreHarness } from './stores.ts'

const ids = [1, 2, 3]

interface Built {
  readonly body: string
  readonly dependencies: Dependencies
}

/** A table, a cache over it, and responses that hold some of its rows and, where they list, all of their ids. */
class World {
  readonly table = new Map<number, number>()
  readonly cache: Cache
  readonly keeper: Keeper | null
  readonly rows: Kind<number, number>
  readonly lists: Kind<string, readonly number[]>
  readonly #writers = new Map<number, string>()
  readonly #kept = new Map<string, { readonly body: string; readonly freshness: Freshness }>()

  constructor(store: Store, prefix: string) {
    this.cache = createCache({ store, prefix })
    this.keeper = this.cache.keeper('response')
    this.rows = this.cache.kind({
      name: 'row',
      shape: shape(1, int),
      key: (id) => [String(id)],
      load: (wanted) => Promise.resolve(wanted.map((id) => this.table.get(id) ?? null)),
    })
    this.lists = this.cache.kind({
      name: 'list',
      shape: shape(1, list(int)),
      key: (name) => [name],
      groups: () => ['all'],
      load: (wanted) => Promise.resolve(wanted.map(() => [...this.table.keys()].toSorted())),
    })
  }

  /** What a request is answered with that begins now. */
  async serve(name: string): Promise<string | null> {
    const begunAt = performance.now()
    await this.cache.catchUp()
    const kept = this.#kept.get(name)
    return kept?.freshness.isFresh(begunAt) === true ? kept.body : null
  }

  /** What a request for these rows is answered with at this moment by the database. */
  truth(wanted: readonly number[], listing: boolean): string {
    const rows = wanted.map((id) => this.table.get(id) ?? null)
    return JSON.stringify(listing ? [rows, [...this.table.keys()].toSorted()] : [rows])
  }

  async build(wanted: readonly number[], listing: boolean): Promise<Built> {
    const dependencies = new Dependencies()
    const rows = await this.rows.read(wanted, undefined, undefined, dependencies)
    const lists = listing ? await this.lists.read(['all'], undefined, undefined, dependencies) : []
    return { body: JSON.stringify([rows, ...lists]), dependencies }
  }

  /** Whether it can be kept. */
  keepBuilt(name: string, { body, dependencies }: Built): boolean {
    const freshness = this.keeper?.keep(dependencies) ?? null
    if (freshness === null) return false
    this.#kept.set(name, { body, freshness })
    return true
  }

  async keep(name: string, wanted = ids, listing = true): Promise<boolean> {
    // the first reading fills, the second one tells when what was filled expires
    await this.build(wanted, listing)
    return this.keepBuilt(name, await this.build(wanted, listing))
  }

  keys(id: number): string[] {
    return [this.rows.key(id), this.cache.groupKey('all')]
  }

  async begin(id: number): Promise<void> {
    const writer = this.#writers.get(id) ?? newToken()
    this.#writers.set(id, writer)
    await this.cache.hold(this.keys(id), writer)
  }

  /** The row is there once more, or is gone. */
  commit(id: number, value: number): void {
    if (value % 3 === 0) this.table.delete(id)
    else this.table.set(id, value)
  }

  async end(id: number): Promise<void> {
    await this.cache.evict(this.keys(id), this.#writers.get(id))
    this.#writers.delete(id)
  }
}

describe.each(storesUnderTest.filter(({ name }) => !name.includes('Cluster')))('$name', (stores) => {
  describe.skipIf(stores.skip)('keeps responses', () => {
    let harness: StoreHarness
    let store: Store
    let count = 0
    // whose table is its own, and so its keys
    const newWorld = (): World => new World(store, `${harness.prefix}-${(count += 1)}`)
    const newName = (): string => `response ${(count += 1)}`

    beforeAll(async () => {
      harness = await stores.start()
      store = await harness.open()
    })
    afterAll(async () => {
      await store.close()
      await harness.stop()
    })

    it('and serves one, again and again, while nothing that it was built from has changed', async () => {
      const world = newWorld()
      world.commit(1, 1)
      const name = newName()
      expect(await world.serve(name)).toBeNull()
      expect(await world.keep(name)).toBe(true)
      for (let i = 0; i < 3; i += 1) expect(await world.serve(name)).toBe(world.truth(ids, true))
    })

    it('and serves none whose part is held, is evicted, or has been filled anew, whichever part it is', async () => {
      const world = newWorld()
      const parts = [
        ...ids.map((id) => world.rows.key(id)),
        world.lists.key('all'),
        world.cache.groupKey('all'),
        world.rows.generationKey,
        world.lists.generationKey,
      ]
      for (const part of parts) {
        const name = newName()
        expect(await world.keep(name)).toBe(true)
        const writer = newToken()
        await world.cache.hold([part], writer)
        expect(await world.serve(name)).toBeNull()
        await world.cache.evict([part], writer)
        expect(await world.serve(name)).toBeNull()
        await world.build(ids, true)
        expect(await world.serve(name)).toBeNull()
      }
    })

    it('and serves one although something else has changed', async () => {
      const world = newWorld()
      const name = newName()
      expect(await world.keep(name, [1, 2], false)).toBe(true)
      for (let i = 0; i < 2; i += 1) {
        await world.begin(3)
        expect(await world.serve(name)).toBe(world.truth([1, 2], false))
        await world.end(3)
        expect(await world.serve(name)).toBe(world.truth([1, 2], false))
      }
    })

    it('but none that was built before a write, and is kept after it', async () => {
      const world = newWorld()
      const built = await world.build(ids, true)
      await world.begin(2)
      world.commit(2, 7)
      await world.end(2)
      const name = newName()
      world.keepBuilt(name, built)
      expect(await world.serve(name)).toBeNull()
    })

    it('but none of which a part was read past the cache', async () => {
      const world = newWorld()
      await world.begin(1)
      const name = newName()
      expect(await world.keep(name)).toBe(false)
      await world.end(1)
      expect(await world.serve(name)).toBeNull()
    })

    it('but none of which a part shared a load, since nobody knows its filling', async () => {
      const world = newWorld()
      await world.cache.evict([world.rows.key(1)])
      const [first, second] = await Promise.all([world.build([1], false), world.build([1], false)])
      expect([first, second].map((built) => world.keepBuilt(newName(), built)).toSorted()).toEqual([false, true])
    })

    it('and what was built from it again, for no longer than all of it stands', async () => {
      const world = newWorld()
      await world.build(ids, true)
      const whole = (of: Dependencies): Dependencies => {
        const larger = new Dependencies()
        of.addTo(larger)
        return larger
      }
      const freshness = (dependencies: Dependencies): Freshness => {
        const kept = world.keeper?.keep(dependencies) ?? null
        if (kept === null) throw new Error('it was not kept')
        return kept
      }
      const row = freshness((await world.build([1], false)).dependencies)
      const larger = whole((await world.build([2], false)).dependencies)
      row.addTo(larger)
      for (const changed of [1, 2]) {
        const both = freshness(larger)
        await world.cache.catchUp()
        expect(both.isFresh(-Infinity)).toBe(changed === 1)
        await world.cache.evict([world.rows.key(changed)])
        await world.cache.catchUp()
        expect(both.isFresh(-Infinity)).toBe(false)
      }
      const { dependencies } = await world.build([1], false)
      dependencies.taint()
      const readBesides = (await world.build([2], false)).dependencies
      dependencies.addTo(readBesides)
      expect(world.keeper?.keep(readBesides)).toBeNull()
    })

    it('but none of another life, and while the cache is not trusted none at all', async () => {
      const world = newWorld()
      const name = newName()
      const built = await world.build(ids, true)
      expect(world.keepBuilt(name, built)).toBe(true)
      await world.cache.trust(false)
      expect(await world.serve(name)).toBeNull()
      await store.renew()
      await world.cache.trust(true)
      expect(await world.serve(name)).toBeNull()
      world.keepBuilt(name, built)
      expect(await world.serve(name)).toBeNull()
    })

    it('and what it serves is what the database holds, whatever happens in whatever order', async () => {
      const id = fc.constantFrom(...ids)
      const name = fc.constantFrom('a', 'b')
      const end = fc.record({ do: fc.constant('end' as const), id })
      const step = fc.oneof(
        fc.record({ do: fc.constant('build' as const), name, wanted: fc.uniqueArray(id), listing: fc.boolean() }),
        fc.record({ do: fc.constant('begin' as const), id }),
        // writes are short, or nothing would ever be served
        { arbitrary: end, weight: 3 },
        fc.record({ do: fc.constant('commit' as const), id, value: fc.nat() }),
        fc.record({ do: fc.constantFrom('serve' as const, 'keep' as const), name }),
        { arbitrary: fc.record({ do: fc.constant('serve' as const), name }), weight: 3 },
      )
      let served = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), async (steps) => {
          const world = newWorld()
          const prefix = newName()
          const built = new Map<string, Built & { readonly truth: () => string }>()
          const kept = new Map<string, () => string>()
          const open = new Set<number>()
          for (const each of steps) {
            switch (each.do) {
              case 'build': {
                const { wanted, listing } = each
                const truth = () => world.truth(wanted, listing)
                built.set(each.name, { ...(await world.build(wanted, listing)), truth })
                break
              }
              case 'keep': {
                const build = built.get(each.name)
                if (build === undefined) break
                if (world.keepBuilt(prefix + each.name, build)) kept.set(each.name, build.truth)
                break
              }
              case 'begin':
                await world.begin(each.id)
                open.add(each.id)
                break
              case 'commit':
                // nothing is changed that is not held
                if (open.has(each.id)) world.commit(each.id, each.value)
                break
              case 'end':
                if (open.delete(each.id)) await world.end(each.id)
                break
              case 'serve': {
                const body = await world.serve(prefix + each.name)
                if (body === null) break
                served += 1
                expect(body).toBe(kept.get(each.name)?.())
              }
            }
          }
          for (const each of open) await world.end(each)
        }),
        { numRuns: 250 },
      )
      expect(served).toBeGreaterThan(40)
    })
  })
})

it('a keeper and a kind cannot have the same name, which events carry', () => {
  const cache = createCache({ store: memoryStore() })
  const declareKind = (name: string) =>
    cache.kind({ name, shape: shape(1, int), key: () => [], load: () => Promise.resolve([]) })
  cache.keeper('response')
  expect(() => declareKind('response')).toThrow('the name "response" is taken')
  declareKind('row')
  expect(() => cache.keeper('row')).toThrow('the name "row" is taken')
  expect(() => cache.keeper('group')).toThrow('the name "group" is taken')
})

it('a cluster keeps nothing that was built, since no step there tells all changes', async ({ skip }) => {
  const cluster = storesUnderTest.find(({ name }) => name.includes('Cluster'))
  if (cluster === undefined || cluster.skip) return skip('no redis-server can be started')
  const harness = await cluster.start()
  const store = await harness.open()
  expect(createCache({ store, prefix: harness.prefix }).keeper('response')).toBeNull()
  await store.close()
  await harness.stop()
})
