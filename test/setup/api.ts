import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { createCache, memoryStore, redisStore, type Admit, type Cache, type CacheEvent } from '../../src/cache/index.ts'
import { createCatalog, type Catalog } from '../../src/catalog/index.ts'
import { admitServer } from '../../src/database/cache-server.ts'
import { connect, type Database } from '../../src/database/client.ts'
import { connectWriter } from '../../src/database/writer.ts'
import { readConfig } from '../../src/config.ts'
import { createApp, type AppOptions } from '../../src/http/app.ts'
import { createLog } from '../../src/http/log.ts'
import { createFeed, type Feed } from '../../src/observe/index.ts'
import { appOptions } from '../../src/start/app-options.ts'
import { patient } from './patient.ts'

/** What tokens are signed with where tests ask for them. */
export const testSecret = 'a secret of more than thirty-two characters'

/** What a client gets. */
export interface Answer {
  readonly status: number
  // the tests know what they ask for
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any
  readonly errors: readonly { message: string; extensions: { code: string } }[] | undefined
  readonly extensions:
    | { larder?: { sqlStatements: number; redisCommands: number; kinds: Record<string, Record<string, number>> } }
    | undefined
}

/** The whole API over a test's database, without a port of its own. */
export interface TestApi {
  readonly app: FastifyInstance
  readonly cache: Cache
  readonly catalog: Catalog
  readonly database: Database
  /** What it is called among the instances. */
  readonly instance: string
  /** Everything the cache told since the start. */
  readonly events: CacheEvent[]
  /** Where everything that happens is told. */
  readonly feed: Feed
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>
  close(): Promise<void>
}

export interface TestApiOptions {
  readonly url: string
  /** Without it, the in-process store. */
  readonly redis?: { url: string; prefix: string } | null
  /** Reads past the cache: what every answer has to agree with. */
  readonly uncached?: boolean
  /** Asks as the public does; tokens are signed with testSecret. */
  readonly production?: boolean
  /** Configuration besides. */
  readonly environment?: Readonly<Record<string, string>>
  /** The only operations to answer. */
  readonly registered?: readonly string[]
  /** Puts something in the way of what the catalog does to the cache. */
  readonly tamper?: (cache: Cache) => Partial<Cache>
  readonly strict?: boolean
  readonly deliveryTimeoutMs?: number
  /** Traces requests. */
  readonly tracing?: AppOptions['tracing']
  /** Takes the lines of the log. */
  readonly log?: string[]
  /** Routes of other modules, over the feed and the cache of this API. */
  readonly routes?: (api: { feed: Feed; cache: Cache; catalog: Catalog; database: Database }) => AppOptions['routes']
}

export async function startApi(options: TestApiOptions): Promise<TestApi> {
  const {
    url,
    redis,
    uncached = false,
    production = false,
    tamper = () => ({}),
    strict,
    deliveryTimeoutMs,
    environment = {},
    registered = null,
    routes,
    log,
    tracing,
  } = options
  const events: CacheEvent[] = []
  const feed = createFeed((error) => {
    throw error
  })
  const config = readConfig({
    RATE_LIMIT: 'off',
    ...patient,
    ...(production ? { NODE_ENV: 'production', LARDER_AUTH_SECRET: testSecret } : {}),
    ...environment,
  })
  const instance = randomUUID()
  const transactionTimeoutMs = config.LARDER_TRANSACTION_TIMEOUT_MS
  const pool = {
    url,
    poolSize: 4,
    connectTimeoutMs: transactionTimeoutMs,
    statementTimeoutMs: config.LARDER_STATEMENT_TIMEOUT_MS,
    transactionTimeoutMs,
    listener: feed.tell,
  }
  const database = connect(pool)
  const writer = connectWriter(pool)
  const redisTimeouts = {
    readTimeoutMs: config.LARDER_REDIS_READ_TIMEOUT_MS,
    writeTimeoutMs: config.LARDER_REDIS_WRITE_TIMEOUT_MS,
  }
  const admit: Admit = (name, server) => admitServer(writer, name, server)
  const store = redis ? redisStore({ ...redis, ...redisTimeouts, admit }) : memoryStore()
  await store.ready
  const cache = createCache({
    store,
    prefix: redis?.prefix ?? 'test',
    leaseMs: config.LARDER_LEASE_MS,
    holdMs: config.LARDER_HOLD_MS,
    waitMs: config.LARDER_WAIT_MS,
    listener: (event) => {
      events.push(event)
      feed.tell(event)
    },
  })
  if (uncached) await cache.trust(false)
  const catalog = createCatalog({
    cache: Object.assign(Object.create(cache) as Cache, tamper(cache)),
    database,
    instance,
    writer,
    transactionTimeoutMs,
    listener: feed.tell,
    ...(strict === undefined ? {} : { strict }),
    ...(deliveryTimeoutMs === undefined ? {} : { deliveryTimeoutMs }),
  })
  const app = await createApp({
    ...appOptions(config),
    log: createLog(
      log === undefined ? { level: 'silent' } : { level: 'info', stream: { write: (line) => void log.push(line) } },
    ),
    catalog,
    cache,
    registered,
    onAnswer: feed.tell,
    tracing,
    routes: routes?.({ feed, cache, catalog, database }) ?? [],
    health: { database: () => Promise.resolve({ ok: true }), cache: () => ({ ok: true }) },
  })
  return {
    app,
    cache,
    catalog,
    database,
    instance,
    events,
    feed,
    async ask(query, variables = {}, headers = {}) {
      const response = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })
      return { status: response.statusCode, ...response.json<Omit<Answer, 'status'>>() }
    },
    async close() {
      await app.close()
      await cache.close()
      await database.close()
      await writer.close()
    },
  }
}
