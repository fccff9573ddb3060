import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Trace } from '../../src/graphql/trace/trace.ts'
import { startApi, type Answer, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

interface Step {
  level?: number
  batches?: { kind: string; keys: number; hits: number; misses: number; entries: object[]; sql?: { ms: number }[] }[]
  write?: { because: { entity: string; keys: string[] }[]; sql: { sql: string }[]; evicted: number }
  redis?: { operation: string }[]
}

let url: string
let api: TestApi
const redis = testRedis()
const headers = { 'x-larder-trace': '1' }

beforeAll(async () => {
  const database = await testDatabase()
  url = database.url
  await storeFixture(database.client)
  api = await startApi({ url })
})
afterAll(() => api.close())

const larderOf = ({ extensions }: Answer) => extensions?.larder as unknown as { steps: Step[]; sqlStatements: number }
const explain = async (query: string) => larderOf(await api.ask(query, {}, headers))

describe('an explained answer', () => {
  it('tells each level of the query with the batches that were read in it', async () => {
    const { steps } = await explain(
      '{ product(by: { slug: "meadow-shirt" }) { title categories { name } reviewSummary { count } } }',
    )
    expect(steps.map(({ level, batches }) => [level, ...(batches ?? []).map(({ kind }) => kind)])).toEqual([
      [1, 'product-by-slug'],
      [2, 'product'],
      [3, 'product-categories', 'product-rating'],
      [4, 'category'],
    ])
  })

  it('attributes every statement to the batch that sent it', async () => {
    await api.cache.evict([api.catalog.kinds.product.generationKey, api.catalog.kinds.review.generationKey])
    const answers = await Promise.all(
      [1, 2, 3, 6, 7, 8].map((id) =>
        explain(`{ product(by: { id: "Product:${id}" }) { title reviews { nodes { rating } } } }`),
      ),
    )
    // one and the same round of loads may serve several requests at once, but each load is one statement
    for (const { steps, sqlStatements } of answers) {
      const batches = steps.flatMap((step) => step.batches ?? [])
      expect(batches.flatMap(({ sql = [] }) => sql)).toHaveLength(sqlStatements)
      for (const { sql = [], misses } of batches) expect(sql.length).toBe(misses > 0 ? 1 : 0)
    }
  })

  it('says of an entry why it was loaded', async () => {
    const query = '{ products(first: 1, sortKey: TITLE) { nodes { id } } }'
    const entryOf = async () => (await explain(query)).steps[0]?.batches?.[0]?.entries[0]
    expect(await entryOf()).toMatchObject({ from: 'database', why: 'absent', stored: true })
    expect(await entryOf()).toMatchObject({ from: 'memory' })
    await api.cache.evict([api.cache.groupKey('products/title')])
    expect(await entryOf()).toMatchObject({ from: 'database', why: 'outdated', stored: true })
    await api.cache.trust(false)
    expect(await entryOf()).toMatchObject({ from: 'database', why: 'untrusted' })
    await api.cache.trust(true)
    await explain('{ product(by: { id: "Product:99" }) { id } }')
    const { steps } = await explain('{ product(by: { id: "Product:99" }) { id } }')
    expect(steps[0]?.batches?.[0]?.entries).toEqual([{ key: 'test:product:99', from: 'memory, as known to be absent' }])
  })

  it('tells of each write of a mutation what was evicted because of which row, and what was read afterwards', async () => {
    const { steps } = await explain(`mutation {
      a: productUpdate(id: "Product:1", input: { title: "Quay Shirt" }) { product { title } }
      b: reviewCreate(product: "Product:1", input: { rating: 1, title: "T", body: "", author: "A" }) { review { rating } }
    }`)
    expect(steps.map(({ level, write }) => level ?? (write === undefined ? null : 'write'))).toEqual([
      'write',
      1,
      'write',
      1,
    ])
    const [first, second] = steps.flatMap(({ write }) => write ?? [])
    expect(first?.because).toMatchObject([
      { entity: 'product_search' },
      { entity: 'product', id: 1, before: { title: 'Harbor Shirt' }, after: { title: 'Quay Shirt' } },
    ])
    expect(first?.because[1]?.keys).toContain('test:product:1')
    expect(second?.because.map(({ entity }) => entity).toSorted()).toEqual(['product_rating', 'review'])
    expect(first?.sql.map(({ sql }) => sql)).toEqual(expect.arrayContaining(['BEGIN', 'COMMIT']))
    expect(first?.evicted).toBe(new Set(first?.because.flatMap(({ keys }) => keys)).size)
  })

  it.skipIf(redis === null)('with Redis tells the commands of each level, once for all its batches', async () => {
    const shared = await startApi({ url, redis })
    try {
      const query =
        '{ product(by: { id: "Product:1" }) { categories { id } reviewSummary { count } priceRange { min { amount } } } }'
      await shared.ask(query)
      const larder = larderOf(await shared.ask(query, {}, headers))
      expect(larder.steps.map((step) => step.redis?.length)).toEqual(larder.steps.map(() => 1))
      expect(larder).toMatchObject({ redisCommands: larder.steps.length, sqlStatements: 0 })
    } finally {
      await shared.close()
    }
  })
})

describe('an explanation is bounded', () => {
  it('whatever was read and written', () => {
    const trace = new Trace('memory')
    for (let level = 1; level <= 60; level += 1) {
      for (let i = 0; i < 30; i += 1) {
        const batch = trace.batch({ level, kind: `kind-${i}`, size: 1000, reread: false })
        for (let n = 0; n < 30; n += 1) batch.entry?.(`key-${n}`, 'miss', 'absent')
        for (let n = 0; n < 30; n += 1) {
          batch.statement?.({ type: 'statement', pool: 'read', sql: 'x'.repeat(5000), ms: 1, failed: false })
        }
      }
      const write = trace.write()
      const change = { entity: 'product', before: null, after: { id: 1, title: 'x'.repeat(5000) } }
      write.tell({
        type: 'eviction',
        by: 'mutation',
        causes: Array.from({ length: 100 }, () => ({
          change,
          keys: Array.from({ length: 100 }, (_, n) => `key-${n}`),
        })),
        keys: 100,
        lagMs: 1,
      })
    }
    const { steps, stepsOmitted } = trace.report() as { steps: unknown[]; stepsOmitted: number }
    expect([steps.length, stepsOmitted]).toEqual([40, 80])
    expect(steps[0]).toMatchObject({ level: 1, batchesOmitted: 15 })
    expect(steps[0]).toHaveProperty('batches.0.entriesOmitted', 990)
    expect(steps[1]).toHaveProperty('write.because.0.keysOmitted', 80)
    expect(JSON.stringify(trace.report()).length).toBeLessThan(2_000_000)
  })
})
