import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Cache } from '../../src/cache/index.ts'
import { DatabaseUnavailableError } from '../../src/database/errors.ts'
import { raw, sql } from '../../src/database/sql.ts'
import { startRelay, type Relay } from '../../src/database/relay.ts'
import { startApi, type TestApi, type TestApiOptions } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { gate } from '../setup/gate.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()
let url: string
let client: pg.Client
const opened: TestApi[] = []

beforeAll(async () => {
  const database = await testDatabase()
  ;({ url, client } = database)
})
beforeEach(async () => {
  await client.query('TRUNCATE category, product CASCADE')
  await storeFixture(client)
})
afterAll(async () => {
  for (const api of opened) await api.close()
})

async function open(options: Partial<TestApiOptions> = {}): Promise<TestApi> {
  const api = await startApi({ url, redis, ...options })
  opened.push(api)
  await api.cache.store.renew()
  return api
}

const rename = (title: string) =>
  `mutation { productUpdate(id: "Product:1", input: { title: "${title}" }) { product { title } userErrors { message } } }`
const readTitle = '{ product(by: { id: "Product:1" }) { title } }'

/** Delivers to an instance's cache what others have changed. */
async function relayOf({ cache, catalog, instance }: TestApi, mode: 'exclusive' | 'shared'): Promise<Relay> {
  const relay = startRelay({
    url,
    mode,
    id: instance,
    reachable: () => true,
    deliver: async (rows) => {
      await cache.evict(await catalog.affectedKeys(rows))
      return []
    },
    onTrust: () => Promise.resolve(),
    onDistrust: () => Promise.resolve(),
  })
  await relay.started
  return relay
}

async function outbox(): Promise<number> {
  return (await client.query('SELECT FROM outbox')).rowCount ?? 0
}

describe.skipIf(redis === null)('a write', () => {
  it('is seen by every instance once it is answered, and leaves nothing to deliver', async () => {
    const [writer, other] = [await open(), await open()]
    for (const title of ['One', 'Two', 'Three']) {
      await other.ask(readTitle)
      expect((await writer.ask(rename(title))).data.productUpdate.product).toEqual({ title })
      expect((await other.ask(readTitle)).data.product).toEqual({ title })
      expect(await outbox()).toBe(0)
    }
  })

  it('holds its keys before it commits: what is read meanwhile is what was committed, and is not stored', async () => {
    const afterHold = gate()
    const writer = await open({
      tamper: (cache) => ({
        async hold(keys, name, observer) {
          const failed = await cache.hold(keys, name, observer)
          await afterHold.arrive()
          return failed
        },
      }),
    })
    const other = await open()
    await other.ask(readTitle)
    const writing = writer.ask(rename('Renamed'))
    await afterHold.reached
    const read = await other.ask(readTitle, {}, { 'x-larder-trace': '1' })
    expect(read.data.product).toEqual({ title: 'Harbor Shirt' })
    expect(read.extensions?.larder?.kinds['product']).toMatchObject({ bypasses: 1, hits: 0, fills: 0 })
    afterHold.open()
    expect((await writing).errors).toBeUndefined()
    const after = await other.ask(readTitle, {}, { 'x-larder-trace': '1' })
    expect(after.data.product).toEqual({ title: 'Renamed' })
    expect(after.extensions?.larder?.kinds['product']).toMatchObject({ misses: 1, fills: 1 })
  })

  it('that is refused or fails gives up its holds', async () => {
    const api = await open({
      tamper: (cache) => ({
        async hold(keys, name, observer) {
          await cache.hold(keys, name, observer)
          throw new Error('broken between hold and commit')
        },
      }),
    })
    await api.ask(readTitle)
    const log = vi.spyOn(api.app.log, 'error')
    const { errors, status } = await api.ask(rename('Never'))
    expect([status, errors?.[0]?.extensions.code]).toEqual([500, 'INTERNAL_SERVER_ERROR'])
    expect(JSON.stringify(errors)).not.toContain('broken')
    // what the client is not told stands in the log, under the name that the client is told
    const [{ err, requestId }] = log.mock.calls[0] as unknown as [{ err: Error; requestId: string }]
    expect(err.message).toContain('broken between hold and commit')
    expect(errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId })
    const trace = { 'x-larder-trace': '1' }
    expect((await api.ask(readTitle)).data.product).toEqual({ title: 'Harbor Shirt' })
    expect((await api.ask(readTitle, {}, trace)).extensions?.larder?.kinds['product']).toMatchObject({ hits: 1 })
  })

  it.each(['40001', '40P01', '23505', '23503'])(
    'that PostgreSQL refuses with %s is run again from the start',
    async (state) => {
      const api = await open()
      let runs = 0
      const { result } = await api.catalog.write(async (tx) => {
        runs += 1
        await tx.query(sql`UPDATE product SET title = ${`Run ${runs}`} WHERE id = 1`)
        if (runs < 3)
          await tx.query(raw(`DO $$ BEGIN RAISE EXCEPTION 'met another' USING ERRCODE = '${state}'; END $$`))
        return runs
      })
      expect(result).toBe(3)
      expect((await client.query('SELECT title, version FROM product WHERE id = 1')).rows).toEqual([
        { title: 'Run 3', version: 2 },
      ])
    },
  )

  it('that meets others again and again gives up, and says that it can be tried again', async () => {
    const api = await open()
    let runs = 0
    const failing = api.catalog.write(async (tx) => {
      runs += 1
      await tx.query(sql`DO $$ BEGIN RAISE EXCEPTION 'always' USING ERRCODE = '40001'; END $$`)
    })
    await expect(failing).rejects.toThrow(DatabaseUnavailableError)
    expect(runs).toBe(6)
  })

  it('answers every field of one request with rows read after its own change', async () => {
    const api = await open()
    const { data } = await api.ask(`mutation {
      a: productUpdate(id: "Product:1", input: { title: "A" }) { product { title } }
      b: productUpdate(id: "Product:1", input: { title: "B" }) { product { title } }
      c: inventoryAdjust(variant: "ProductVariant:1", delta: -3) { variant { product { title inStock } } }
    }`)
    expect(data.a.product).toEqual({ title: 'A' })
    expect(data.b.product).toEqual({ title: 'B' })
    expect(data.c.variant.product).toEqual({ title: 'B', inStock: false })
  })

  it.each([
    ['a category that was moved', 'UPDATE category SET parent_id = 4 WHERE id = 3'],
    ['a product that was moved', 'UPDATE product_category SET category_id = 5 WHERE product_id = 1'],
    [
      'any category that may have been moved',
      `UPDATE category SET parent_id = 4 WHERE id = 3; DELETE FROM outbox;
       INSERT INTO outbox (transaction_id, entity) VALUES (1, 'category')`,
    ],
    [
      'any product that may have been moved',
      `DELETE FROM product_category WHERE product_id = 1; DELETE FROM outbox;
       INSERT INTO outbox (transaction_id, entity) VALUES (1, 'product_category')`,
    ],
  ])('reaches the lists of where %s still is, as long as nobody has delivered that', async (_what, undelivered) => {
    await client.query('DELETE FROM product_category WHERE product_id = 1 AND category_id = 2; DELETE FROM outbox')
    const [writer, reader, uncached] = [await open(), await open(), await open({ redis: null, uncached: true })]
    const query = '{ category(by: { id: "Category:1" }) { products { totalCount nodes { id } } } }'
    const before = await reader.ask(query)
    expect(JSON.stringify(before.data)).toContain('"Product:1"')
    await client.query(undelivered)
    expect((await reader.ask(query)).data).toEqual(before.data)
    await writer.ask('mutation { productDelete(id: "Product:1") { deletedId userErrors { message } } }')
    expect((await reader.ask(query)).data).toEqual((await uncached.ask(query)).data)
  })

  const moved =
    'mutation { categoryUpdate(id: "Category:3", input: { parent: "Category:4" }) { category { id } userErrors { message } } }'
  it.each([
    [
      'price',
      'mutation { variantUpdate(id: "ProductVariant:1", input: { price: { amount: "1.00", currencyCode: "USD" } }) { userErrors { message } } }',
      'sortKey: PRICE',
    ],
    [
      'stock',
      'mutation { inventoryAdjust(variant: "ProductVariant:1", delta: -3) { userErrors { message } } }',
      'filter: { inStock: true }',
    ],
    [
      'status',
      'mutation { productUpdate(id: "Product:1", input: { status: DRAFT }) { userErrors { message } } }',
      'sortKey: NEWEST',
    ],
    ['title', rename('Aaa'), 'sortKey: TITLE'],
    [
      'membership',
      'mutation { productUpdate(id: "Product:6", input: { categories: ["Category:3"] }) { userErrors { message } } }',
      'sortKey: NEWEST',
    ],
    [
      'new variant',
      'mutation { variantCreate(product: "Product:1", input: { sku: "N", price: { amount: "2", currencyCode: "USD" } }) { userErrors { message } } }',
      'filter: { maxPrice: 3 }',
    ],
    ['rating', 'mutation { reviewDelete(id: "Review:1") { userErrors { message } } }', 'sortKey: RATING'],
  ])(
    'of a %s reaches the lists of a category that moved there while it was committing',
    async (_name, mutation, args) => {
      const beforeHold = gate()
      const writer = await open({
        tamper: (cache) => ({
          async hold(keys, name, observer) {
            const failed = await cache.hold(keys, name, observer)
            await beforeHold.arrive()
            return failed
          },
        }),
      })
      const [mover, reader, uncached] = [await open(), await open(), await open({ redis: null, uncached: true })]
      const query = `{ category(by: { id: "Category:4" }) { products(${args}) { totalCount nodes { id } edges { cursor } } } }`
      const writing = writer.ask(mutation)
      await beforeHold.reached
      expect((await mover.ask(moved)).data.categoryUpdate.userErrors).toEqual([])
      // cached now, under a category that the writer knew nothing of when it held its keys
      expect((await reader.ask(query)).data).toEqual((await uncached.ask(query)).data)
      beforeHold.open()
      expect(Object.values((await writing).data)).toMatchObject([{ userErrors: [] }])
      expect((await reader.ask(query)).data).toEqual((await uncached.ask(query)).data)
    },
  )
})

describe.skipIf(redis === null)('a write whose keys cannot be evicted', () => {
  const broken = (cache: Cache): Partial<Cache> => ({
    evict: (keys) => Promise.resolve([...keys]),
    hold: (keys) => Promise.resolve([...keys]),
    store: cache.store,
  })

  it('is answered once a relay has delivered its changes', async () => {
    const [writer, other] = [await open({ tamper: broken }), await open()]
    await other.ask(readTitle)
    const relay = await relayOf(other, 'shared')
    const { extensions, data } = await writer.ask(rename('Delivered'))
    expect(data.productUpdate.userErrors).toEqual([])
    expect(extensions).toBeUndefined()
    expect((await other.ask(readTitle)).data.product).toEqual({ title: 'Delivered' })
    await relay.stop()
  })

  it('is answered as pending where nobody delivers within the bound', async () => {
    const writer = await open({ tamper: broken, deliveryTimeoutMs: 50 })
    const { extensions, data } = await writer.ask(rename('Pending'))
    expect(data.productUpdate.userErrors).toEqual([])
    expect(extensions).toEqual({ larder: { propagation: 'PENDING' } })
    expect(await outbox()).toBeGreaterThan(0)
    // what it could not hold is named beside the changed rows, as the database was then
    const { rows } = await client.query<{ keys: string[] }>(
      `SELECT "after" -> 'keys' AS keys FROM outbox WHERE entity = 'keys'`,
    )
    expect(rows[0]?.keys).toContain(writer.catalog.kinds.product.key(1))
    // and is not left to the server, as what is held would be
    const settling = await client.query('SELECT DISTINCT entity, settling FROM outbox ORDER BY entity')
    expect(settling.rows).toEqual([
      { entity: 'keys', settling: false },
      { entity: 'product', settling: true },
      { entity: 'product_search', settling: true },
    ])
  })

  it('is pending too where it is sent again, and finds that nothing is left to change', async () => {
    const [writer, other] = [await open({ tamper: broken, deliveryTimeoutMs: 50 }), await open()]
    await other.ask(readTitle)
    await writer.ask(rename('Sent twice'))
    expect((await writer.ask(rename('Sent twice'))).extensions).toEqual({ larder: { propagation: 'PENDING' } })
    const relay = await relayOf(other, 'shared')
    const patient = await open()
    const { extensions } = await patient.ask(rename('Sent twice'))
    expect(extensions).toBeUndefined()
    expect((await other.ask(readTitle)).data.product).toEqual({ title: 'Sent twice' })
    await relay.stop()
  })

  it('is refused and changes nothing where the configuration says strict', async () => {
    const writer = await open({ tamper: broken, strict: true })
    const { status, errors } = await writer.ask(rename('Refused'))
    expect([status, errors?.[0]?.extensions.code]).toEqual([503, 'UNAVAILABLE'])
    expect((await client.query('SELECT title FROM product WHERE id = 1')).rows).toEqual([{ title: 'Harbor Shirt' }])
    expect(await outbox()).toBe(0)
  })
})

describe('a write whose COMMIT breaks off', () => {
  it('says that its outcome is unknown, and leaves what it touched held', async () => {
    const api = await open({
      redis: null,
      tamper: (cache) => ({
        async hold(keys, name, observer) {
          const failed = await cache.hold(keys, name, observer)
          await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'larder write' AND datname = current_database() AND state = 'idle in transaction'`)
          return failed
        },
      }),
    })
    await api.ask(readTitle)
    const { status, errors } = await api.ask(rename('Perhaps'))
    expect([status, errors?.[0]?.extensions.code]).toEqual([503, 'UNAVAILABLE'])
    expect(errors?.[0]?.message).toContain('read again')
    const read = await api.ask(readTitle, {}, { 'x-larder-trace': '1' })
    expect(read.extensions?.larder?.kinds['product']).toMatchObject({ bypasses: 1 })
  })
})

describe('with a cache in the process', () => {
  it('a write waits for the instance whose cache it is', async () => {
    const [holder, writer] = [await open({ redis: null }), await open({ redis: null })]
    const relay = await relayOf(holder, 'exclusive')
    await holder.ask(readTitle)
    await writer.ask(rename('From elsewhere'))
    expect((await holder.ask(readTitle)).data.product).toEqual({ title: 'From elsewhere' })
    expect(await outbox()).toBe(0)
    await relay.stop()
  })
})
