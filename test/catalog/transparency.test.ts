import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { broadQueries } from '../setup/queries.ts'

/** Statements of the kind that others may send to the database, over the ids of the fixture; one may be refused. */
const statement = fc.oneof(
  change('product', [1, 2, 3, 4, 6], {
    title: ['Anorak', 'Harbor Shirt', 'Zip Mug'],
    brand: ['Nordvik', 'Tallow', null],
    status: ['ACTIVE', 'DRAFT', 'ARCHIVED'],
    slug: ['renamed', 'harbor-shirt', 'bare-2'],
    description: ['Some linen', 'Coffee'],
    created_at: ['2024-05-05T00:00:00Z', '2026-09-09T00:00:00Z'],
  }),
  change('product_variant', [1, 2, 3, 4, 7], {
    price_minor: [100, 4900, 5500, 9900],
    quantity: [0, 1, 5],
    sku: ['HS-X', 'HS-S', 'NEW'],
    product_id: [1, 2, 6],
    title: ['L'],
  }),
  change('review', [1, 2, 4, 5, 6], {
    rating: [1, 3, 5],
    title: ['Changed'],
    product_id: [1, 2, 3],
    created_at: ['2025-01-01T00:00:00Z'],
  }),
  change('category', [2, 3, 5, 6], {
    name: ['Aprons', 'Linen', 'Zines'],
    parent_id: [null, 1, 2, 4, 6],
    slug: ['moved', 'shirts'],
    description: ['New'],
  }),
  fc.record({ product: fc.constantFrom(1, 2, 3, 4, 6), category: fc.constantFrom(1, 2, 3, 4, 5, 6) }).map(
    ({
      product,
      category,
    }) => `INSERT INTO product_category (product_id, category_id, position) VALUES (${product}, ${category}, 9)
      ON CONFLICT (product_id, category_id) DO UPDATE SET position = product_category.position + 1`,
  ),
  fc.constantFrom(1, 2, 4, 8).map((product) => `DELETE FROM product_category WHERE product_id = ${product}`),
  fc.constantFrom(
    `INSERT INTO product (slug, title, brand) VALUES ('new-' || floor(random() * 1e9), 'New Shirt', 'Nordvik')`,
    `INSERT INTO product_variant (product_id, sku, price_minor, currency, quantity) VALUES (6, 'N' || floor(random() * 1e9), 5000, 'USD', 2)`,
    `INSERT INTO review (product_id, rating, title, body, author) VALUES (1, 2, 'Meh', '', 'Gus')`,
    `INSERT INTO category (slug, name, parent_id) VALUES ('new-' || floor(random() * 1e9), 'Newcomers', 1)`,
    'DELETE FROM review WHERE id = 2',
    'DELETE FROM product_variant WHERE id = 3',
    'DELETE FROM product WHERE id = 2',
    'DELETE FROM category WHERE id = 6',
    'TRUNCATE review',
    'TRUNCATE product_variant',
    `UPDATE product SET title = title || ' II'`,
  ),
)

function change(
  table: string,
  ids: readonly number[],
  columns: Record<string, readonly (string | number | null)[]>,
): fc.Arbitrary<string> {
  return fc.oneof(
    ...Object.entries(columns).map(([column, values]) =>
      fc.record({ id: fc.constantFrom(...ids), value: fc.constantFrom(...values) }).map(({ id, value }) => {
        const literal = value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value}'`
        return `UPDATE ${table} SET ${column} = ${literal} WHERE id = ${id}`
      }),
    ),
  )
}

describe.skipIf(testRedis() === null)('after any sequence of writes', () => {
  let cached: TestApi
  let uncached: TestApi
  let client: pg.Client

  beforeAll(async () => {
    const database = await testDatabase()
    client = database.client
    cached = await startApi({ url: database.url, redis: testRedis() })
    uncached = await startApi({ url: database.url, uncached: true })
  })
  afterAll(async () => {
    await cached.close()
    await uncached.close()
  })

  /** What the relay does, at a moment of our choosing. */
  async function deliver(): Promise<void> {
    const { rows } = await client.query('DELETE FROM outbox RETURNING entity, before, after')
    expect(await cached.cache.evict(await cached.catalog.affectedKeys(rows))).toEqual([])
  }

  it('every cached answer equals the one without a cache', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 4 }), async (statements) => {
        await client.query('TRUNCATE category, product CASCADE')
        await storeFixture(client)
        await cached.cache.store.renew()
        for (const query of broadQueries) await cached.ask(query)
        for (const sql of statements) {
          // a statement that breaks a rule of the schema is refused, and changes nothing
          await client.query(sql).catch(() => {})
          await deliver()
          const [answers, expected] = await Promise.all(
            [cached, uncached].map((api) => Promise.all(broadQueries.map((query) => api.ask(query)))),
          )
          for (const [i, query] of broadQueries.entries()) {
            expect(expected?.[i]?.errors).toBeUndefined()
            expect({ query, sql, data: answers?.[i]?.data }).toEqual({ query, sql, data: expected?.[i]?.data })
          }
        }
      }),
      { numRuns: Number(process.env['LARDER_TEST_RUNS'] ?? 25) },
    )
    // answers that were served whole, and those that were put together of parts, are among those that were compared
    for (const kept of ['response', 'part']) {
      const served = cached.events.map((event) => (event.type === 'hit' && event.kind === kept ? event.count : 0))
      expect(served.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100)
    }
  })
})
