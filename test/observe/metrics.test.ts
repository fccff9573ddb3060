import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metricsRoutes, createMetricsApp } from '../../src/http/metrics.ts'
import { createMetrics, OperationNames, type Metrics } from '../../src/observe/index.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const token = 'a-token-for-prometheus'
const redis = testRedis()
let url: string

beforeAll(async () => {
  const database = await testDatabase()
  url = database.url
  await storeFixture(database.client)
})

/** An API that counts, and what it has counted. */
async function counted(
  options: { redis?: typeof redis; registered?: readonly string[]; token?: string } = {},
): Promise<{ api: TestApi; metrics: Metrics; values: () => Promise<Map<string, number>> }> {
  const metrics = createMetrics()
  const api = await startApi({
    url,
    ...(options.redis ? { redis: options.redis } : {}),
    ...(options.registered ? { registered: options.registered } : {}),
    routes: ({ feed }) => {
      feed.subscribe(metrics.count)
      return [metricsRoutes({ metrics, token: options.token ?? null, open: false })]
    },
  })
  return { api, metrics, values: async () => valuesIn(await metrics.text()) }
}

/** Each series with its value. */
function valuesIn(text: string): Map<string, number> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  )
}

const productOne = 'query One { product(by: { id: "Product:1" }) { title } }'
const rename = (title: string): string =>
  `mutation Rename { productUpdate(id: "Product:1", input: { title: "${title}" }) { product { title } } }`

describe('what is written about metrics', () => {
  it('has every metric with its type and meaning, and no other', async () => {
    const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8')
    const text = await createMetrics().text()
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| [^|]* \| (.+) \|$/gm)].map((row) => row.slice(1).join(' '))
    const metrics = [...text.matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ (\w+)$/gm)].map(
      ([, name, help, type]) => `${name} ${type} ${help}`,
    )
    expect(metrics.length).toBeGreaterThan(50)
    expect(metrics.filter((each) => !rows.includes(each))).toEqual([])
    // the operating system may not tell everything of a process
    expect(rows.filter((each) => !metrics.includes(each) && !each.startsWith('process_'))).toEqual([])
  })
})

describe.each([
  ['an in-process store', null],
  ['Redis', redis],
] as const)('with %s', (_name, store) => {
  it.skipIf(_name === 'Redis' && redis === null)('what happens is counted under its kind', async () => {
    const { api, values } = await counted({ redis: store })
    try {
      await api.ask(productOne)
      await api.ask(productOne)
      await api.ask('query One { product(by: { id: "Product:999" }) { title } }')
      await api.ask('query One { product(by: { id: "Product:999" }) { title } }')
      const reads = await values()
      expect(reads.get('larder_cache_hits_total{kind="product"}')).toBe(1)
      expect(reads.get('larder_cache_negative_hits_total{kind="product"}')).toBe(1)
      expect(reads.get('larder_cache_misses_total{kind="product"}')).toBe(2)
      expect(reads.get('larder_cache_fills_total{kind="product"}')).toBe(2)
      expect(reads.get('larder_cache_load_duration_seconds_count{kind="product"}')).toBe(2)
      expect(reads.get('larder_cache_written_entries_total')).toBe(2)
      expect(reads.get('larder_cache_written_bytes_total')).toBeGreaterThan(200)
      expect(reads.get('larder_cache_read_bytes_total')).toBeGreaterThan(30)
      // what this process has filled is at hand; the generation, which it has minted in Redis, is read there once
      const commands = (operation: string): number | undefined =>
        reads.get(`larder_cache_command_duration_seconds_count{operation="${operation}"}`)
      expect(commands('read')).toBe(store === null ? 2 : 3)
      expect(commands('look') ?? 0).toBe(store === null ? 0 : 4)
      expect(reads.get('larder_sql_statement_duration_seconds_count{pool="read"}')).toBe(2)
      expect(reads.get('larder_graphql_requests_total{operation="One",type="query",status="200"}')).toBe(4)
      expect(reads.get('larder_graphql_request_duration_seconds_count{operation="One",type="query"}')).toBe(4)
      expect(reads.get('larder_writes_total{propagation="PENDING"}')).toBe(0)

      await api.ask(rename('Quay Shirt'))
      const writes = await values()
      expect(writes.get('larder_writes_total{propagation="DONE"}')).toBe(1)
      expect(writes.get('larder_cache_holds_total{kind="product"}')).toBe(1)
      expect(writes.get('larder_cache_evictions_total{kind="product"}')).toBe(1)
      expect(writes.get('larder_cache_evictions_total{kind="group"}')).toBeGreaterThan(1)
      expect(writes.get('larder_cache_eviction_lag_seconds_count{by="mutation"}')).toBe(1)
      expect(writes.get('larder_changed_rows_total{table="product",by="mutation"}')).toBe(1)
      expect(writes.get('larder_sql_statement_duration_seconds_count{pool="write"}')).toBeGreaterThan(3)
    } finally {
      await api.ask(rename('Harbor Shirt'))
      await api.close()
    }
  })
})

it('reads past the cache are counted with their reason', async () => {
  const { api, values } = await counted()
  await api.cache.trust(false)
  await api.ask(productOne)
  expect((await values()).get('larder_cache_bypasses_total{kind="product",reason="untrusted"}')).toBe(1)
  await api.close()
})

it('how things are is shown as it was last looked at, and NaN where that could not be learned', async () => {
  const metrics = createMetrics()
  const sample = {
    type: 'sample',
    cache: { store: 'redis', trusted: true, trouble: null },
    redis: { usedBytes: 5, maxBytes: 10, evictedKeys: 7, connections: 2 },
    pools: { read: { size: 10, inUse: 3, waiting: 1 }, write: { size: 5, inUse: 0, waiting: 0 } },
    outbox: { depth: 4, oldestMs: 1500 },
    eventLoop: { meanMs: 0, p99Ms: 0, maxMs: 0 },
  } as const
  metrics.count(sample)
  const values = valuesIn(await metrics.text())
  expect(values.get('larder_redis_evicted_keys_total')).toBe(7)
  expect(values.get('larder_sql_pool_connections{pool="read",state="in_use"}')).toBe(3)
  expect(values.get('larder_sql_pool_waiting{pool="read"}')).toBe(1)
  expect(values.get('larder_outbox_oldest_seconds')).toBe(1.5)
  expect([values.get('larder_cache_reachable'), values.get('larder_redis_up')]).toEqual([1, 1])

  const trouble = 'Redis did not answer lately'
  metrics.count({ ...sample, cache: { ...sample.cache, trouble }, redis: null, outbox: null })
  const lost = valuesIn(await metrics.text())
  expect([lost.get('larder_cache_reachable'), lost.get('larder_redis_up')]).toEqual([0, 0])
  expect([lost.get('larder_redis_memory_used_bytes'), lost.get('larder_outbox_rows')]).toEqual([NaN, NaN])
})

describe('whatever clients send', () => {
  it('10,000 names of operations are counted under 201', () => {
    const names = new OperationNames()
    const labels = Array.from({ length: 10_000 }, (_, i) => names.labelOf(`Name${i}`))
    expect(new Set(labels).size).toBe(201)
    expect(labels.at(-1)).toBe('other')
    expect(names.labelOf('Name7')).toBe('Name7')
  })

  it('an operation that was not run takes no name, and one too many is another', async () => {
    const { api, values } = await counted()
    for (let i = 0; i < 250; i += 1) await api.ask(`query Wrong${i} { nothing }`)
    for (let i = 0; i < 250; i += 1) await api.ask(`query Name${i} { __typename }`)
    const series = [...(await values()).keys()].filter((each) => each.startsWith('larder_graphql_requests_total'))
    expect(series.length).toBe(202)
    expect((await values()).get('larder_graphql_requests_total{operation="other",type="query",status="200"}')).toBe(50)
    expect((await values()).get('larder_graphql_requests_total{operation="none",type="none",status="400"}')).toBe(250)
    await api.close()
  })

  it('registered operations are known by their names, and no others', async () => {
    const { api, values } = await counted({ registered: [productOne] })
    await api.ask('query Other { __typename }')
    await api.ask(productOne)
    const operations = [...(await values()).keys()].filter((each) => each.startsWith('larder_graphql_requests_total'))
    expect(operations).toEqual([
      'larder_graphql_requests_total{operation="none",type="none",status="400"}',
      'larder_graphql_requests_total{operation="One",type="query",status="200"}',
    ])
    await api.close()
  })
})

describe('/metrics', () => {
  let open: TestApi
  let guarded: TestApi

  beforeAll(async () => {
    open = (await counted()).api
    guarded = (await counted({ token })).api
  })
  afterAll(async () => {
    await open.close()
    await guarded.close()
  })

  const status = async (api: TestApi, request: { headers?: Record<string, string>; remoteAddress?: string }) =>
    (await api.app.inject({ url: '/metrics', ...request })).statusCode

  it('is for programs on this machine', async () => {
    const response = await open.app.inject('/metrics')
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await status(open, { remoteAddress: '::1' })).toBe(200)
    expect(await status(open, { remoteAddress: '::ffff:127.0.0.1' })).toBe(200)
    expect(await status(open, { remoteAddress: '10.0.0.7' })).toBe(403)
    expect(await status(open, { headers: { 'x-forwarded-for': '127.0.0.1' } })).toBe(403)
  })

  it('is for whoever sends the token, where there is one', async () => {
    expect(await status(guarded, {})).toBe(401)
    expect(await status(guarded, { headers: { authorization: `Bearer ${token}x` } })).toBe(401)
    expect(await status(guarded, { headers: { authorization: token } })).toBe(401)
    expect(await status(guarded, { headers: { authorization: `Bearer ${token}` }, remoteAddress: '10.0.0.7' })).toBe(
      200,
    )
  })

  it('on a port of its own is for whoever reaches it, with the token where there is one', async () => {
    const remoteAddress = '10.0.0.7'
    const alone = await createMetricsApp({ metrics: createMetrics(), token: null })
    expect((await alone.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(200)
    expect((await alone.inject({ url: '/graphql', remoteAddress })).statusCode).toBe(404)
    const asked = await createMetricsApp({ metrics: createMetrics(), token })
    expect((await asked.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(401)
  })
})
