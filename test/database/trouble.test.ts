import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/client.ts'
import { DatabaseTimeoutError, DatabaseUnavailableError } from '../../src/database/errors.ts'
import { migrate } from '../../src/database/migrate.ts'
import { originSql } from '../../src/database/origin.ts'
import { PostgresServer, superuser } from '../../src/database/postgres-server.ts'
import { sql } from '../../src/database/sql.ts'
import { connectWriter } from '../../src/database/writer.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { coherent } from '../setup/coherent.ts'
import { createDatabase } from '../setup/database.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testRedis } from '../setup/index.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()
const cold = '{ products(first: 2) { nodes { title } } }'
// connecting is not what is late here
const connectTimeoutMs = 20_000
const readTitle = '{ product(by: { id: "Product:1" }) { title } }'
let folder: string
let server: PostgresServer
let port: number
let proxy: TestProxy

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-trouble-'))
  server = new PostgresServer(folder, ['fsync=off', 'max_connections=30'])
  await server.initialize('test')
  port = await server.start()
  const url = await createDatabase(address(port, 'template'), 'larder')
  await migrate(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await storeFixture(client)
  await client.end()
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  proxy = await startProxy(port)
})
afterEach(() => proxy.stop())

function address(at: number, database: string): string {
  const any = `postgresql://${superuser}:test@127.0.0.1:${at}`
  return database === 'template' ? any : `${any}/${database}`
}

describe('a database in trouble', () => {
  it('that does not answer at all makes a read fail in its time, and the next one is served again', async () => {
    const database = connect({
      url: address(proxy.port, 'larder'),
      statementTimeoutMs: 1000,
      connectTimeoutMs,
    })
    await database.prisma.product.count()
    proxy.hold('replies')
    await expect(database.prisma.product.count()).rejects.toThrow(DatabaseTimeoutError)
    proxy.pass()
    expect(await database.prisma.product.count()).toBe(8)
    await database.close()
  })

  it('that does not answer in the middle of a write is left, so that what the write had locked is free again', async () => {
    const database = connectWriter({
      url: address(proxy.port, 'larder'),
      statementTimeoutMs: 1000,
      connectTimeoutMs,
      // so that it is not PostgreSQL that ends it; the pool would after 10 s
      transactionTimeoutMs: 60_000,
    })
    const writing = database.transaction(async (tx) => {
      await tx.query(sql`UPDATE product SET brand = 'Locked' WHERE id = 1`)
      proxy.hold('everything')
      await tx.query(sql`SELECT count(*) FROM product`)
    })
    await expect(writing).rejects.toThrow(DatabaseTimeoutError)
    await query(port, `SET lock_timeout = '5s'; UPDATE product SET brand = 'Free' WHERE id = 1`)
    proxy.pass()
    await database.close()
  })

  it('that has no connection left says so, and serves when there is one', async () => {
    const admin = new pg.Client({ connectionString: address(port, 'larder') })
    await admin.connect()
    await admin.query(`CREATE ROLE taken LOGIN PASSWORD 'test' CONNECTION LIMIT 1;
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO taken`)
    const url = address(port, 'larder').replace(superuser, 'taken')
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    const database = connect({ url })
    await expect(database.prisma.product.count()).rejects.toThrow(DatabaseUnavailableError)
    await other.end()
    await until(() =>
      database.prisma.product.count().then(
        (count) => count === 8,
        () => false,
      ),
    )
    await database.close()
    await admin.end()
  })

  it.skipIf(redis === null)(
    'away for all: warm reads go on, cold ones say UNAVAILABLE and when to try again, and all is well when it is back',
    async () => {
      const api = await openApi()
      const relay = await coherent(api, address(proxy.port, 'larder'))
      await until(() => api.cache.trusted)
      await api.ask(readTitle)
      proxy.refuse()
      expect((await api.ask(readTitle)).data.product).toEqual({ title: 'Harbor Shirt' })
      const answer = await api.app.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query: cold },
      })
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1'])
      expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
      proxy.pass()
      await until(async () => (await api.ask(cold)).status === 200)
      await relay.stop()
      await api.close()
    },
  )
})

describe('a standby', () => {
  it('is not read from, because it is behind; and once promoted, its history has another name', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'larder-standby-'))
    const before = await originAt(port)
    await server.stop()
    // with their owner, whom the server insists on
    await promisify(execFile)('cp', ['-a', join(folder, 'postgres'), copy])
    port = await server.start()
    await writeFile(join(copy, 'postgres', 'standby.signal'), '')
    const standby = new PostgresServer(copy, ['fsync=off', 'hot_standby=on', 'hot_standby_feedback=off'])
    const standbyPort = await standby.start()
    const database = connect({ url: address(standbyPort, 'larder'), connectTimeoutMs })
    await expect(database.prisma.product.count()).rejects.toThrow(DatabaseUnavailableError)
    await query(standbyPort, 'SELECT pg_promote(true)')
    expect(await database.prisma.product.count()).toBe(8)
    expect(await originAt(standbyPort)).not.toBe(before)
    expect(await originAt(port)).toBe(before)
    await database.close()
    await standby.stop()
    await rm(copy, { recursive: true, force: true })
  })
})

async function query(at: number, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: address(at, 'larder') })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

const originAt = async (at: number): Promise<unknown> => (await query(at, originSql))[0]?.['origin']

async function openApi(): Promise<TestApi> {
  const api = await startApi({ url: address(proxy.port, 'larder'), redis })
  await api.cache.store.renew()
  return api
}
