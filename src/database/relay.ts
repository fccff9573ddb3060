import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A changed row, as triggers recorded it in the transaction that changed it. */
export interface OutboxRow {
  readonly id: string
  /** The table. */
  readonly entity: string
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
  /** How long ago the transaction that changed it began, in ms; known of rows that a relay delivers. */
  readonly ageMs?: number
}

export interface RelayOptions {
  readonly url: string
  /**
   * exclusive: only one instance on this database may run, because each evicts from a store of its own. shared: any number
   * may, because what one evicts is evicted for all.
   */
  readonly mode: 'exclusive' | 'shared'
  /** Evicts what these rows touch. Where it rejects, the rows stay and are delivered again. */
  deliver(rows: readonly OutboxRow[]): Promise<void>
  /** Every change committed so far has been delivered: from now on none goes unnoticed for long. */
  onCaughtUp(): Promise<void>
  /** Changes may go unnoticed until the next onCaughtUp. */
  onLost(reason: string): Promise<void>
  /** How often to look for rows where no notification came, in ms; 250 by default. */
  readonly pollMs?: number
}

export interface Relay {
  /** Settles when the relay has caught up for the first time, or learned that it may not run. */
  readonly started: Promise<void>
  stop(): Promise<void>
}

// 'larder' in ASCII, cut to what an advisory lock holds
export const relayLock = 1_818_325_348
const batchSize = 1000
const retryMs = 1000
// a write of Larder's own settles its rows itself within this time; who waits for a delivery says 'now'
const graceMs = 20

/**
 * Delivers the outbox: reads the rows that are there, has them evicted, and deletes exactly those. It goes by presence and
 * not by a high-water mark, because rows become visible in the order of their commits and not of their ids. NOTIFY is a
 * hint that saves waiting for the next poll; nothing depends on it.
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController()
  let resolveStarted: () => void = () => {}
  const started = new Promise<void>((resolve) => {
    resolveStarted = resolve
  })
  const running = run(options, stopping.signal, resolveStarted)
  return {
    started,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function run(options: RelayOptions, stopping: AbortSignal, started: () => void): Promise<void> {
  while (!stopping.aborted) {
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'larder relay',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      statement_timeout: 10_000,
    })
    try {
      await session(client, options, stopping, started)
    } catch (error) {
      await options.onLost(error instanceof Error ? error.message : String(error))
    }
    started()
    await client.end().catch(() => {})
    await pause(retryMs * (0.5 + Math.random()), stopping)
  }
}

/** One connection's life: from the lock to the first error, or until the relay is stopped. */
async function session(
  client: pg.Client,
  options: RelayOptions,
  stopping: AbortSignal,
  started: () => void,
): Promise<void> {
  let wake: () => void = () => {}
  let failure: Error | undefined
  client.on('notification', ({ payload }) => (payload === 'now' ? wake() : setTimeout(() => wake(), graceMs).unref()))
  client.on('error', (error) => {
    failure = error
    wake()
  })
  await client.connect()
  const lock = options.mode === 'exclusive' ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared'
  const { rows } = await client.query<{ taken: boolean }>(`SELECT ${lock}($1) AS taken`, [relayLock])
  if (rows[0]?.taken !== true) {
    throw new Error('another instance runs on this database without a shared cache: set REDIS_URL on all of them')
  }
  await client.query('LISTEN larder_outbox')
  let caughtUp = false
  while (!stopping.aborted) {
    if (failure !== undefined) throw failure
    const delivered = await deliverBatch(client, options)
    if (delivered === batchSize) continue
    if (!caughtUp) {
      caughtUp = true
      await options.onCaughtUp()
      started()
    }
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([woken, pause(options.pollMs ?? 250, stopping)])
  }
}

async function deliverBatch(client: pg.Client, options: RelayOptions): Promise<number> {
  const { rows } = await client.query<OutboxRow>(
    `SELECT "id"::text, "entity", "before", "after",
       (extract(epoch FROM clock_timestamp() - "created_at") * 1000)::float8 AS "ageMs"
     FROM "outbox" ORDER BY "id" LIMIT $1`,
    [batchSize],
  )
  if (rows.length > 0) {
    await options.deliver(rows)
    await client.query('DELETE FROM "outbox" WHERE "id" = ANY ($1::bigint[])', [rows.map(({ id }) => id)])
  }
  return rows.length
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopping }).catch(() => {})
}

/**
 * Waits until the changes committed so far have been delivered, for commands that change the catalog beside a running
 * server.
 */
export async function waitForDelivery(
  client: pg.Client,
  timeoutMs: number,
): Promise<'delivered' | 'nobody listens' | 'timeout'> {
  const { rows } = await client.query<{ listening: boolean; last: string | null }>(
    `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND classid = 0 AND objid = $1 AND objsubid = 1 AND granted) AS listening, (SELECT max("id")::text FROM "outbox") AS last`,
    [relayLock],
  )
  const [found] = rows
  if (found?.listening !== true) return 'nobody listens'
  const giveUpAt = performance.now() + timeoutMs
  while (performance.now() < giveUpAt) {
    const left = await client.query('SELECT FROM "outbox" WHERE "id" <= $1 LIMIT 1', [found.last ?? '0'])
    if (left.rowCount === 0) return 'delivered'
    await sleep(20)
  }
  return 'timeout'
}
