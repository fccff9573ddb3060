import { randomUUID } from 'node:crypto'
import { createCache } from '../cache/index.ts'
import { createCatalog } from '../catalog/index.ts'
import type { Config } from '../config.ts'
import { asStartError } from '../database/as-start-error.ts'
import { admitServer, cachePlace, type Epochs } from '../database/cache-server.ts'
import { connect } from '../database/client.ts'
import { openDatabase } from '../database/open.ts'
import { connectWriter } from '../database/writer.ts'
import { createApp } from '../http/app.ts'
import { createLog } from '../http/log.ts'
import { createFeed, startSampling } from '../observe/index.ts'
import { appOptions } from './app-options.ts'
import { banner } from './banner.ts'
import { serveConsole } from './console.ts'
import { durabilityWarning } from './durability.ts'
import { cacheHealth, databaseHealth } from './health.ts'
import { keepCoherent } from './coherence.ts'
import { listen } from './listen.ts'
import { logStream } from './log-stream.ts'
import { openTracing } from './tracing.ts'
import { serveMetrics } from './metrics.ts'
import { readOperations } from './operations.ts'
import { originOf } from './origin.ts'
import { takeSample } from './gauges.ts'
import { ensureSampleData } from './sample-data.ts'
import { connectShared, openStore, placeOf } from './store.ts'
import { undoAll } from './undo.ts'

/** A running Larder. */
export interface Larder {
  /** Where it listens. */
  readonly url: string
  /** Lets requests under way finish, then stops everything that was started. */
  stop(): Promise<void>
}

/**
 * Puts the modules together: the database, the cache, the catalog that reads through both, the relay that tells
 * the cache of every change, and the HTTP server.
 * @param print shows a line to whoever started it; in production all that there is to say goes to the log
 * @throws StartError where something that it cannot do without is missing or wrong
 */
export async function startLarder(config: Config, print: (line: string) => void): Promise<Larder> {
  // what is wrong with the configuration stops the start before anything is touched
  const http = { ...appOptions(config), registered: await readOperations(config.LARDER_OPERATIONS) }
  const log = createLog({ level: config.LOG_LEVEL, stream: await logStream(config) })
  const warn = (line: string): void => log.warn(line)
  // in production nobody sits there and reads
  const say = config.NODE_ENV === 'production' ? (line: string): void => log.info(line) : print
  const feed = createFeed((error) => log.error({ err: error }, 'what happened could not be recorded'))
  const { tell } = feed
  // undone in the opposite order, however far the start got
  const started: (() => Promise<void>)[] = []
  const stop = (): Promise<void> => undoAll(started)
  try {
    const source = await openDatabase(config, 'api', say)
    started.push(() => source.stop())
    const products = await ensureSampleData(source.directUrl, config.LARDER_SAMPLE_DATA, say)
    const timeouts = {
      statementTimeoutMs: config.LARDER_STATEMENT_TIMEOUT_MS,
      transactionTimeoutMs: config.LARDER_TRANSACTION_TIMEOUT_MS,
    }
    const database = connect({
      url: source.url,
      poolSize: config.LARDER_POOL_SIZE,
      listener: tell,
      ...timeouts,
    })
    started.push(() => database.close())
    const writer = connectWriter({
      url: source.url,
      poolSize: config.LARDER_WRITE_POOL_SIZE,
      // writes of one row wait for each other: a queue is no outage
      connectTimeoutMs: config.LARDER_TRANSACTION_TIMEOUT_MS,
      listener: tell,
      ...timeouts,
    })
    started.push(() => writer.close())
    const warning = await durabilityWarning(writer)
    if (warning !== null) warn(warning)
    const admit = (name: string, server: string): Promise<string> => admitServer(writer, name, server)
    const place = await admit(cachePlace, placeOf(config))
    const store = await openStore(config, await originOf(database), admit, warn)
    const cache = createCache({
      store,
      prefix: config.LARDER_CACHE_PREFIX,
      ttlMs: config.LARDER_TTL_MS,
      negativeTtlMs: config.LARDER_NEGATIVE_TTL_MS,
      leaseMs: config.LARDER_LEASE_MS,
      holdMs: config.LARDER_HOLD_MS,
      waitMs: config.LARDER_WAIT_MS,
      listener: tell,
    })
    started.push(() => cache.close())
    const instance = randomUUID()
    const epochs = (): Epochs => (store.shared ? { ...store.epochs(), [cachePlace]: place } : {})
    const catalog = createCatalog({
      cache,
      instance,
      epochs,
      database,
      writer,
      strict: config.LARDER_WRITES === 'strict',
      transactionTimeoutMs: config.LARDER_TRANSACTION_TIMEOUT_MS,
      deliveryTimeoutMs: config.LARDER_PROPAGATION_MS,
      listener: tell,
    })
    const relay = await keepCoherent({
      url: source.directUrl,
      catalog,
      cache,
      instance,
      epochs,
      trustMs: config.LARDER_TRUST_MS,
      warn,
      tell,
    })
    started.push(() => relay.stop())
    const shared = connectShared(config)
    if (shared !== undefined) started.push(() => Promise.resolve(shared.close()))
    const stopSampling = startSampling(() => takeSample({ cache, reader: database, writer, shared }), tell)
    started.push(() => Promise.resolve(stopSampling()))
    const tracing = await openTracing(config)
    if (tracing !== undefined) started.push(() => tracing.stop())
    const metrics = await serveMetrics(config, feed)
    started.push(() => metrics.stop())
    const watched = serveConsole({ config, identify: http.identify, feed, cache, catalog, shared })
    started.push(() => Promise.resolve(watched.stop()))
    const app = await createApp({
      ...http,
      log,
      onAnswer: tell,
      tracing,
      routes: [...metrics.routes, ...watched.routes],
      catalog,
      cache,
      shared,
      sumCounts: shared === undefined ? undefined : (counts, ttlMs) => shared.add(counts, ttlMs),
      health: { database: () => databaseHealth(database), cache: () => cacheHealth(cache) },
    })
    started.push(() => app.close())
    const url = await listen(app, config.HOST, config.PORT, 'PORT')
    for (const line of banner({ config, url, metricsUrl: metrics.url, source, cache, products })) say(line)
    return { url, stop }
  } catch (error) {
    // what kept it from starting is what people must know; what fails besides follows from it in most cases
    await stop().catch(() => {})
    throw asStartError(error)
  }
}
