import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { seedCatalog } from '../../src/seed/seed.ts'

const productPage = `{ product(by: { slug: $slug }) { title description priceRange { min { amount } } inStock
  categories { name } reviewSummary { averageRating count }
  variants(first: 20) { nodes { sku price { amount } } } reviews(first: 10) { nodes { rating title } } } }`
const categoryPage = `{ category(by: { slug: "clothing-tops" }) { name ancestors { name } children { name }
  products(first: 20) { totalCount nodes { title inStock priceRange { min { amount } } reviewSummary { averageRating } featuredImage { url } } } } }`
const nodesOf50 = `{ nodes(ids: [${Array.from({ length: 50 }, (_, i) => `"Product:${i + 1}"`).join(',')}]) { ... on Product { title slug } } }`
const everything = `{ categories(first: 10) { nodes { name children { name products(first: 3) { nodes { title
  variants(first: 2) { nodes { sku product { id } } } reviews(first: 2) { nodes { title } } categories { name parent { name } } } } } } } }`

const trace = { 'x-larder-trace': '1' }
const redis = testRedis()

describe.each([
  { store: 'the in-process store', on: null, skip: false },
  { store: 'Redis', on: redis, skip: redis === null },
])('on $store', ({ on, skip }) => {
  describe.skipIf(skip)('a query', () => {
    let api: TestApi
    let slug: string

    beforeAll(async () => {
      const { url, client } = await testDatabase()
      await seedCatalog(client, { products: 300, seed: 7 })
      const { rows } = await client.query<{ slug: string }>(
        `SELECT slug FROM product JOIN product_rating ON product_id = id WHERE status = 'ACTIVE' ORDER BY count DESC LIMIT 1`,
      )
      slug = rows[0]?.slug ?? ''
      api = await startApi({ url, redis: on })
    })
    afterAll(() => api.close())

    /** SQL statements as the connection pool counts them, and commands as the cache does. */
    async function count(query: string): Promise<{ sql: number; commands: number; data: unknown }> {
      const before = api.database.statements()
      api.events.length = 0
      const { data, errors, extensions } = await api.ask(query.replace('$slug', JSON.stringify(slug)), {}, trace)
      expect(errors).toBeUndefined()
      const sql = api.database.statements() - before
      expect(extensions?.larder?.sqlStatements).toBe(sql)
      return { sql, commands: api.events.filter(({ type }) => type === 'command').length, data }
    }

    it.each([
      // the slug; the row; price, rating, categories, both lists; the rows of categories, variants and reviews
      ['a product page', productPage, { cold: 10, warmCommands: 4 }],
      // the slug; the row; ancestors, children, the list, its total; categories and products; prices and ratings
      ['a category page', categoryPage, { cold: 10, warmCommands: 5 }],
      ['nodes of 50 products', nodesOf50, { cold: 1, warmCommands: 1 }],
      // roots; their rows; children; their rows; lists; products; variants, reviews and categories; the rows of all three
      ['a query over every level', everything, { cold: 12, warmCommands: 8 }],
    ])(
      'for %s sends one statement for each kind at each level when cold, and none when warm',
      async (_name, query, expected) => {
        const cold = await count(query)
        const warm = await count(query)
        expect({ cold: cold.sql, warm: warm.sql, warmCommands: warm.commands }).toEqual({ ...expected, warm: 0 })
        expect(warm.data).toEqual(cold.data)
      },
    )

    it('counts what was hit and missed, by kind', async () => {
      await api.cache.store.renew()
      const ask = () =>
        api.ask(
          '{ products(first: 5) { nodes { title } } nothing: product(by: { slug: "nothing" }) { id } }',
          {},
          trace,
        )
      const [cold, warm] = [await ask(), await ask()].map((answer) => answer.extensions?.larder?.kinds)
      expect(cold).toMatchObject({
        'product-list': { hits: 0, misses: 1, fills: 1 },
        'product-by-slug': { misses: 1, fills: 1 },
        product: { hits: 0, misses: 5, fills: 5 },
      })
      expect(warm).toMatchObject({
        'product-list': { hits: 1, misses: 0 },
        'product-by-slug': { hits: 0, negative: 1 },
        product: { hits: 5, misses: 0 },
      })
    })
  })
})
