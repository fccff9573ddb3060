import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectSharedValues, type SharedValues } from '../../src/redis/shared-values.ts'
import { takeSample } from '../../src/start/gauges.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()
let api: TestApi
let shared: SharedValues | undefined
let clear: () => Promise<unknown>
let insert: (rows: number, age?: string) => Promise<unknown>

beforeAll(async () => {
  const { url, client } = await testDatabase()
  api = await startApi({ url })
  shared = redis === null ? undefined : connectSharedValues({ is: 'server', url: redis.url }, redis.prefix)
  clear = () => client.query('TRUNCATE outbox')
  insert = (rows, age = '1 hour') =>
    client.query(
      `INSERT INTO outbox (transaction_id, entity, created_at)
       SELECT 1, 'product', now() - $2::interval FROM generate_series(1, $1::int)`,
      [rows, age],
    )
})
afterAll(async () => {
  shared?.close()
  await api.close()
})

const sample = () => takeSample({ cache: api.cache, reader: api.database, writer: api.database, shared })

it('tells how deep the outbox is and how old, up to a bound', async () => {
  expect((await sample()).outbox).toEqual({ depth: 0, oldestMs: 0 })
  await insert(2)
  const { outbox, pools, cache } = await sample()
  expect(outbox).toMatchObject({ depth: 2 })
  expect(outbox?.oldestMs).toBeGreaterThan(3_599_000)
  expect(pools.read).toEqual({ size: 4, inUse: 0, waiting: 0 })
  expect(cache).toEqual({ store: 'memory', trusted: true, trouble: null })
  await insert(12_000)
  expect((await sample()).outbox?.depth).toBe(10_001)
})

it('tells how old a change is that has waited for weeks', async () => {
  await clear()
  await insert(1, '60 days')
  expect((await sample()).outbox?.oldestMs).toBeGreaterThan(59 * 24 * 3_600_000)
})

it.skipIf(redis === null)('tells what Redis says of its memory, and nothing where it does not answer', async () => {
  const memory = (await sample()).redis
  expect(memory?.usedBytes).toBeGreaterThan(100_000)
  expect(memory?.connections).toBeGreaterThan(0)
  expect(memory).toMatchObject({ maxBytes: expect.any(Number) as number, evictedKeys: expect.any(Number) as number })
  shared?.close()
  expect((await sample()).redis).toBeNull()
})
