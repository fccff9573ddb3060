import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInspector, type Found, type Inspector } from '../../src/console/index.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()

describe.each([
  { name: 'the in-process store', store: null, skip: false },
  { name: 'Redis', store: redis, skip: redis === null },
])('the inspector over $name', ({ store, skip }) => {
  describe.skipIf(skip)('finds and evicts', () => {
    let api: TestApi
    let inspector: Inspector
    let sql: (text: string) => Promise<unknown>

    beforeAll(async () => {
      const { url, client } = await testDatabase()
      await storeFixture(client)
      api = await startApi({ url, redis: store, deliveryTimeoutMs: 100 })
      inspector = createInspector(api.cache, api.catalog)
      sql = (text) => client.query(text)
      await api.ask(`{ product(by: { id: "Product:1" }) {
        title priceRange { min { amount } } reviewSummary { count } categories { name }
        variants(first: 5) { nodes { sku } } } }`)
      await api.ask('{ product(by: { slug: "harbor-shirt" }) { id } category(by: { slug: "shirts" }) { name } }')
    })
    afterAll(() => api.close())

    async function one(what: string, name: string, key = name): Promise<Found> {
      const found = (await inspector.find(what, name)).find((each) => each.name === key)
      if (found === undefined) throw new Error(`there is no ${key} of ${what} ${name}`)
      return found
    }

    it('a product by id and by slug, with everything that is cached of it alone', async () => {
      const byId = await inspector.find('product', '1')
      expect(byId.map(({ name, state }) => [name, state])).toEqual([
        ['product:1', 'value'],
        ['product-pricing:1', 'value'],
        ['product-categories:1', 'value'],
        ['product-rating:1', 'value'],
        ['product-by-slug:harbor-shirt', 'value'],
        ['group:product/1/variants', 'value'],
        ['group:product/1/reviews', 'absent'],
      ])
      expect((await inspector.find('product', 'harbor-shirt')).map(({ name }) => name)).toEqual(
        byId.map(({ name }) => name),
      )
    })

    it.each([
      ['product', 'Product:1', 'product:1'],
      ['variant', 'ProductVariant:1', 'variant:1'],
      ['category', 'Category:1', 'category:1'],
      ['review', 'Review:1', 'review:1'],
    ])('a %s by the id that clients see, %s', async (noun, id, name) => {
      expect((await inspector.find(noun, id))[0]?.name).toBe(name)
      expect((await inspector.find(noun, 'Money:1')).map((found) => found.name)).not.toContain(name)
    })

    it('both, where digits are the id of one product and the slug of another', async () => {
      await sql("UPDATE product SET slug = '2' WHERE id = 3")
      const found = (await inspector.find('product', '2')).map(({ name }) => name)
      await sql("UPDATE product SET slug = 'camp-mug' WHERE id = 3; DELETE FROM outbox")
      expect(found).toContain('product:2')
      expect(found).toContain('product:3')
      expect(found).toContain('product-by-slug:2')
    })

    it('a variant by sku, a category by slug, a review by id; and nothing of what is not there', async () => {
      const names = async (what: string, name: string) => (await inspector.find(what, name)).map((each) => each.name)
      expect(await names('variant', 'HS-S')).toEqual(['variant:1', 'variant-by-sku:HS-S'])
      expect(await names('category', 'shirts')).toEqual([
        'category:2',
        'category-ancestors:2',
        'category-by-slug:shirts',
        'group:category/2/children',
        'group:category/2/products',
        'group:category/2/subtree',
      ])
      expect(await names('review', '1')).toEqual(['review:1'])
      expect(await names('review', 'one')).toEqual([])
      expect(await names('product', 'no-such-slug')).toEqual(['product-by-slug:no-such-slug'])
    })

    it('an entry with its age, what is left of its life, its size, its stamps, and the row beside it', async () => {
      const found = await one('product', '1', 'product:1')
      expect(found.ageMs).toBeGreaterThanOrEqual(0)
      expect(found.ageMs).toBeLessThan(60_000)
      expect(found.ttlMs).toBeGreaterThan(25 * 60_000)
      expect(found.bytes).toBeGreaterThan(100)
      expect(found.stamps).toEqual([
        { name: 'shape', isCurrent: true },
        { name: 'life', isCurrent: true },
        { name: 'generation:product', isCurrent: true },
      ])
      expect(found.value).toMatchObject({ id: 1, title: 'Harbor Shirt' })
      expect(found.database).toEqual({ value: found.value })
    })

    it('an entry that differs from its row, as while a change is on its way', async () => {
      await sql("UPDATE product SET title = 'Renamed' WHERE id = 1")
      const found = await one('product', '1', 'product:1')
      expect(found.value).toMatchObject({ title: 'Harbor Shirt' })
      expect(found.database).toMatchObject({ value: { title: 'Renamed' } })
      await sql("UPDATE product SET title = 'Harbor Shirt' WHERE id = 1; DELETE FROM outbox")
    })

    /** Of all that is stored, however much other tests have stored beside it. */
    async function storedNames(): Promise<string[]> {
      const found: string[] = []
      let from: string | null = null
      do {
        const { keys, next }: { keys: readonly string[]; next: string | null } = await api.cache.store.scan(
          from,
          10_000,
        )
        found.push(...keys.map((key) => api.cache.nameOf(key)))
        from = next
      } while (from !== null)
      return found
    }

    it('a list by its key, with the groups that it belongs to', async () => {
      const found = await one('key', (await storedNames()).find((name) => name.startsWith('variant-list:')) ?? '')
      expect(found.stamps.map(({ name }) => name)).toEqual([
        'shape',
        'life',
        'generation:variant-list',
        'group:product/1/variants',
      ])
      expect(found.stamps.every(({ isCurrent }) => isCurrent)).toBe(true)
      expect(found.database).toEqual({ value: found.value })
      // the whole key, as redis-cli shows it, names the same
      expect(await one('key', api.cache.keyNamed(found.name), found.name)).toMatchObject({ state: 'value' })
    })

    it('a hold with its holders, a lease, and what is none of ours', async () => {
      const key = api.cache.keyNamed('product:2')
      await api.cache.hold([key], 'writer-one')
      await api.cache.hold([key], 'writer-two')
      const held = await one('product', '2', 'product:2')
      expect(held.state).toBe('hold')
      expect(held.holders.map(({ writer }) => writer)).toEqual(['writer-one', 'writer-two'])
      await api.cache.evict([key], 'writer-one')
      await api.cache.evict([key], 'writer-two')
      await api.cache.store.apply([{ do: 'acquire', key, token: 'a'.repeat(22), outdated: '', leaseMs: 10_000 }])
      expect(await one('key', 'product:2')).toMatchObject({ state: 'lease', stamps: [], holders: [] })
      await api.cache.evict([key])
    })

    it('a value whose kind or group was evicted, as one that no longer holds', async () => {
      await inspector.evict(['generation:product-rating'])
      const rating = await one('key', 'product-rating:1')
      expect(rating.stamps.find(({ name }) => name === 'generation:product-rating')?.isCurrent).toBe(false)
    })

    it('what is evicted is gone and read afresh, and the feed tells that it was by hand', async () => {
      const causes: unknown[] = []
      const end = api.feed.subscribe((each) => each.type === 'eviction' && causes.push(...each.causes))
      await inspector.evict(['product:1', 'product-pricing:1'])
      end()
      expect((await one('product', '1', 'product:1')).state).toBe('absent')
      expect(causes).toMatchObject([{ change: { entity: 'keys', after: { by: 'hand' } } }])
      await api.ask('{ product(by: { id: "Product:1" }) { title } }')
      expect((await one('product', '1', 'product:1')).state).toBe('value')
    })

    it('only what is an entry, a group or a kind may be evicted', () => {
      for (const name of ['product:1', 'group:category/1/products', 'generation:product', 'variant-list:x'])
        expect(inspector.isEvictable(name)).toBe(true)
      for (const name of ['life', 'trust', '', 'product', 'other:1', '.console'])
        expect([name, inspector.isEvictable(name)]).toEqual([name, false])
    })

    it('entries are counted by kind', async () => {
      // others use the same Redis: a count may take several steps
      let count = await api.cache.census()
      while (count === null) count = await api.cache.census()
      expect(count.entries.get('category')).toBeGreaterThan(0)
    })
  })
})
