import { Redis } from 'ioredis'
import { SignJWT } from 'jose'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { hurry } from '../../src/database/outbox.ts'
import { startLarder, type Larder } from '../../src/start/start.ts'
import { testSecret } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { patient } from '../setup/patient.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()
const prefix = redis?.prefix ?? ''

/** Nothing here is what it is without being configured, and no two are the same. */
const environment = {
  ...patient,
  PORT: '0',
  LOG_LEVEL: 'silent',
  LARDER_AUTH_SECRET: testSecret,
  LARDER_AUTH_CLOCK_SKEW_MS: '3600000',
  LARDER_CACHE_PREFIX: prefix,
  LARDER_TTL_MS: '7200000',
  LARDER_NEGATIVE_TTL_MS: '600000',
  LARDER_LEASE_MS: '210000',
  LARDER_HOLD_MS: '230000',
  LARDER_TRUST_MS: '250000',
  LARDER_POOL_SIZE: '3',
  LARDER_WRITE_POOL_SIZE: '7',
  LARDER_WRITES: 'strict',
  LARDER_PROPAGATION_MS: '1',
  LARDER_MAX_REQUESTS: '2',
  LARDER_MAX_DEPTH: '4',
  LARDER_MAX_ALIASES: '2',
  LARDER_MAX_TOKENS: '80',
  LARDER_MAX_COST: '60',
  LARDER_MAX_BODY_KB: '2',
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: Record<string, unknown> | null
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
    readonly extensions?: unknown
  }
}

describe.skipIf(redis === null)('what is configured', () => {
  let larder: Larder
  let client: pg.Client
  let store: Redis
  let proxy: TestProxy
  let editor: string

  beforeAll(async () => {
    const database = await testDatabase()
    client = database.client
    await storeFixture(client)
    const at = new URL(redis?.url ?? '')
    store = new Redis(at.href)
    proxy = await startProxy(Number(at.port))
    at.port = String(proxy.port)
    larder = await startLarder(readConfig({ ...environment, DATABASE_URL: database.url, REDIS_URL: at.href }), () => {})
    editor = await tokenOf(-1800)
  })
  afterAll(async () => {
    await larder.stop()
    await proxy.stop()
    store.disconnect()
  })

  /** @param expiresIn seconds from now; negative for one that has expired */
  function tokenOf(expiresIn: number): Promise<string> {
    return new SignJWT({ scope: 'catalog:write' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(new TextEncoder().encode(testSecret))
  }

  async function ask(query: string, token?: string): Promise<Answer> {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`
    const response = await fetch(`${larder.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  const titleOf = (id: number): Promise<Answer> => ask(`{ product(by: { id: "Product:${id}" }) { title } }`)
  const rename = (id: number, title: string): Promise<Answer> =>
    ask(`mutation { productUpdate(id: "Product:${id}", input: { title: "${title}" }) { userErrors { code } } }`, editor)

  /** How long a key still lives, in ms, once it is there. */
  async function lifeOf(name: string): Promise<number> {
    await until(async () => (await store.pttl(`${prefix}:${name}`)) > 0)
    return store.pttl(`${prefix}:${name}`)
  }

  it('decides how long entries and absences live', async () => {
    expect((await titleOf(1)).body.data).toEqual({ product: { title: 'Harbor Shirt' } })
    const isWithin = (ms: number, mostMs: number): boolean => ms > 0.8 * mostMs && ms <= 1.1 * mostMs
    expect(await lifeOf('product:1')).toSatisfy((ms: number) => isWithin(ms, 7_200_000))
    expect((await titleOf(999)).body.data).toEqual({ product: null })
    expect(await lifeOf('product:999')).toSatisfy((ms: number) => isWithin(ms, 600_000))
  })

  it('decides how long Redis is vouched for', async () => {
    expect(await lifeOf('trust')).toSatisfy((ms: number) => ms > 200_000 && ms <= 250_000)
  })

  it('decides where the cache is kept, and it is left by whoever keeps it elsewhere than those who came later', async () => {
    const instance = async (): Promise<object> => (await client.query('SELECT mode, epochs FROM instance')).rows[0]
    const epochs = { place: '1', [`${prefix}:life`]: '1' }
    await until(async () => JSON.stringify(await instance()).includes('trusting'))
    expect(await instance()).toEqual({ mode: 'trusting', epochs })
    await client.query(`UPDATE cache_server SET epoch = 2 WHERE name = 'place'`)
    await until(async () => JSON.stringify(await instance()).includes('bypassing'))
    await client.query(`UPDATE cache_server SET epoch = 1 WHERE name = 'place'`)
    await until(async () => JSON.stringify(await instance()).includes('trusting'))
  })

  it('decides how many connections read and write', async () => {
    let metrics = ''
    await until(async () => {
      metrics = await (await fetch(`${larder.url}/metrics`)).text()
      return metrics.includes('larder_sql_pool_connections{')
    })
    expect(metrics).toContain('larder_sql_pool_connections{pool="read",state="max"} 3\n')
    expect(metrics).toContain('larder_sql_pool_connections{pool="write",state="max"} 7\n')
  })

  it('decides how many requests are answered at the same time, and how long a reader may load', async () => {
    await client.query('BEGIN; LOCK TABLE product IN ACCESS EXCLUSIVE MODE')
    let isAnswered = false
    const loading = [2, 3].map(titleOf)
    const [ms] = await Promise.all([lifeOf('product:2'), lifeOf('product:3')])
    const third = titleOf(8).finally(() => (isAnswered = true))
    await until(async () => isAnswered || (await store.exists(`${prefix}:product:8`)) > 0)
    await client.query('ROLLBACK')
    expect((await Promise.all(loading)).map(({ status }) => status)).toEqual([200, 200])
    const { status, body } = await third
    expect([status, body.errors?.[0]?.message]).toEqual([
      503,
      'The server is answering 2 requests already: try again in a second',
    ])
    expect(ms).toSatisfy((leaseMs: number) => leaseMs > 200_000 && leaseMs <= 210_000)
  })

  it.each([
    [
      'deep',
      '{ product(by: { id: "1" }) { variants { nodes { product { variants { totalCount } } } } } }',
      'depth limit of 4',
    ],
    [
      'full of aliases',
      '{ a: categories { totalCount } b: categories { totalCount } c: categories { totalCount } }',
      'limit of 2',
    ],
    ['long', `{ ${'__typename '.repeat(80)}}`, ' 80 tokens'],
    ['expensive', '{ products(first: 100) { nodes { id } } }', 'may cost 60 at most'],
  ])('decides what is too %s', async (_what, query, limit) => {
    const { status, body } = await ask(query)
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'QUERY_TOO_COMPLEX'])
    expect(body.errors?.[0]?.message).toContain(limit)
  })

  it('decides how large a request may be', async () => {
    expect((await ask(`{ __typename } ${' '.repeat(1900)}`)).status).toBe(200)
    expect((await ask(`{ __typename } ${' '.repeat(2100)}`)).status).toBe(413)
  })

  it('decides how far the clock of the issuer may differ', async () => {
    expect((await rename(1, 'Renamed')).body).toEqual({ data: { productUpdate: { userErrors: [] } } })
    expect((await ask('{ __typename }', await tokenOf(-7200))).status).toBe(401)
  })

  it('decides how long a writer is waited for', async () => {
    await titleOf(6)
    proxy.hold('replies')
    const writing = rename(6, 'Written')
    await until(async () => (await store.get(`${prefix}:product:6`))?.startsWith('!') === true)
    const holdMs = await lifeOf('product:6')
    proxy.pass()
    expect((await writing).body).toEqual({ data: { productUpdate: { userErrors: [] } } })
    expect(holdMs).toSatisfy((ms: number) => ms > 210_000 && ms <= 230_000)
  })

  it('decides how long a write waits for others before its answer says PENDING', async () => {
    // another instance that has not noticed yet where the cache is; it would, if it were asked for a second time
    let asked = 0
    client.on('notification', ({ payload }) => {
      if (payload === hurry) asked += 1
      if (asked > 1) void client.query(`DELETE FROM instance WHERE id = 'behind'`)
    })
    await client.query(`LISTEN larder_outbox; INSERT INTO instance (id, mode, seen_at, epochs)
      VALUES ('behind', 'trusting', now() + interval '1 hour', '{"place": "0"}')`)
    expect((await rename(6, 'Pending')).body).toEqual({
      data: { productUpdate: { userErrors: [] } },
      extensions: { larder: { propagation: 'PENDING' } },
    })
    await client.query(`UNLISTEN larder_outbox; DELETE FROM instance WHERE id = 'behind'`)
  })

  it('decides what becomes of a write where Redis is not reached', async () => {
    proxy.refuse()
    const { status, body } = await rename(6, 'Refused')
    proxy.pass()
    expect([status, body.errors?.[0]?.message]).toEqual([
      503,
      'The cache cannot be told of the change, so nothing was changed: try again',
    ])
    expect((await client.query('SELECT title FROM product WHERE id = 6')).rows).toEqual([{ title: 'Pending' }])
  })
})
