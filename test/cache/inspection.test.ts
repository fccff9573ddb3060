import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCache, int, object, shape, type Cache, type Kind } from '../../src/cache/index.ts'
import { storesUnderTest, type StoreHarness } from './stores.ts'

describe.each(storesUnderTest)('$name', (underTest) => {
  describe.skipIf(underTest.skip)('can be looked at', () => {
    let harness: StoreHarness
    let cache: Cache
    let things: Kind<number, { id: number }>
    let lists: Kind<number, { id: number }>

    beforeAll(async () => {
      harness = await underTest.start()
      cache = createCache({ store: await harness.open(), prefix: harness.prefix, ttlMs: 600_000 })
      const kind = (name: string, groups?: (id: number) => string[]) =>
        cache.kind<number, { id: number }>({
          name,
          shape: shape(1, object({ id: int })),
          key: (id) => [String(id)],
          load: (ids) => Promise.resolve(ids.map((id) => (id > 1000 ? null : { id }))),
          ...(groups === undefined ? {} : { groups }),
        })
      things = kind('thing')
      lists = kind('list', (id) => [`group/${id}`])
      await things.read([1, 2, 3, 5000])
      await lists.read([1])
    })
    afterAll(async () => {
      await cache.close()
      await harness.stop()
    })

    it('an entry tells its age exactly, however its life was jittered', async () => {
      for (const id of [1, 2, 3, 5000]) {
        const { state, ageMs, ttlMs, bytes, json } = await things.inspect(id)
        expect(state).toBe('value')
        expect(ageMs).toBeLessThan(30_000)
        expect(ttlMs).toBeGreaterThan(id === 5000 ? 20_000 : 500_000)
        expect(bytes).toBeGreaterThan(20)
        expect(json).toBe(id === 5000 ? 'null' : `{"id":${id}}`)
      }
    })

    it('stamps hold until the kind, a group, or the life of the data is gone', async () => {
      const stamps = async (kind: typeof things) =>
        Object.fromEntries((await kind.inspect(1)).stamps.map(({ name, isCurrent }) => [name, isCurrent]))
      expect(await stamps(lists)).toEqual({
        shape: true,
        life: true,
        'generation:list': true,
        'group:group/1': true,
      })
      await cache.evict([cache.groupKey('group/1')])
      expect(await stamps(lists)).toMatchObject({ 'generation:list': true, 'group:group/1': false })
      await cache.evict([things.generationKey])
      expect(await stamps(things)).toEqual({ shape: true, life: true, 'generation:thing': false })
    })

    it('looking changes nothing, and reads no source', async () => {
      const before = await things.inspect(2)
      expect((await things.inspect(2)).json).toBe(before.json)
      expect((await things.inspect(77)).state).toBe('absent')
      expect(await cache.inspect('thing:77')).toMatchObject({ name: 'thing:77', state: 'absent', ttlMs: null })
    })

    it('a list that was read here is known by its key, and can be loaded beside', async () => {
      const { reload } = await cache.inspect('list:1')
      expect(await reload?.()).toEqual({ id: 1 })
      const unknown = await cache.inspect('list:9')
      expect([unknown.state, unknown.reload]).toEqual(['absent', null])
    })

    it('what others have put there is no entry', async ({ skip }) => {
      if (harness.put === null) return skip('nobody else can reach the store')
      await harness.put(cache.keyNamed('thing:9'), 'nothing of ours')
      expect(await cache.inspect('thing:9')).toMatchObject({ state: 'corrupt', stamps: [], json: null })
      expect((await cache.inspect('other:9')).state).toBe('absent')
    })

    it('every key is counted under its kind', async () => {
      let count = await cache.census()
      while (count === null) count = await cache.census()
      expect(count.entries.get('thing')).toBeGreaterThanOrEqual(4)
      expect(count.entries.get('list')).toBe(1)
    })
  })
})
