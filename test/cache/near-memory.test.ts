import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCache, redisStore, shape, text, type Cache, type Kind } from '../../src/cache/index.ts'
import { kept } from '../setup/garbage.ts'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()
const thousand = 'x'.repeat(1000)
// a value takes more than two thousand bytes: fewer than twenty have room in each of the two halves
const nearBytes = 80_000

describe.skipIf(redis === null)('copies in the process', () => {
  let cache: Cache
  let things: Kind<number, string>

  beforeEach(async () => {
    const { url = '', prefix = '' } = redis ?? {}
    const store = redisStore({ url, prefix, nearBytes, readTimeoutMs: 10_000, writeTimeoutMs: 10_000 })
    await store.ready
    cache = createCache({ store, prefix })
    things = cache.kind({
      name: 'thing',
      shape: shape(1, text),
      key: (id) => [String(id)],
      load: (ids) => Promise.resolve(ids.map((id) => `${thousand}${id}`)),
    })
    await things.read([0])
  })
  afterEach(() => cache.close())

  /** Reads these until they are at hand, and uses them as requests do. */
  async function use(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      await things.read([id])
      const begunAt = performance.now()
      await cache.catchUp()
      expect(things.peek(id, begunAt)).toBe(`${thousand}${id}`)
    }
  }

  function copiesOf(ids: readonly number[]): WeakRef<object>[] {
    return ids.map((id) => new WeakRef(cache.store.near?.copy(things.key(id), performance.now()) ?? {}))
  }

  const first = [1, 2, 3, 4, 5]
  const others = Array.from({ length: 60 }, (_, i) => 100 + i)

  it('that others have taken the place of take no memory any more', async () => {
    await use(first)
    const copies = copiesOf(first)
    expect(await kept(copies)).toBe(first.length)
    await use(others)
    expect(await kept(copies)).toBe(0)
  })

  it('of what has changed take no memory once as much has been read as there is room for', async () => {
    await use(first)
    const copies = copiesOf(first)
    expect(await cache.evict(first.map((id) => things.key(id)))).toEqual([])
    await cache.catchUp()
    for (const id of first) expect(cache.store.near?.copy(things.key(id), performance.now())).toBeUndefined()
    await use(others.slice(0, 25))
    expect(await kept(copies)).toBe(0)
  })
})
