import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { isOver, type Epochs } from './cache-server.ts'
import { livingMs } from './membership.ts'

/** What connections call themselves that change the catalog for a server, which settles its changes itself. */
export const writerName = 'larder write'

/** What whoever waits for a delivery notifies relays with. */
export const hurry = 'now'

/** A changed row, as triggers recorded it in the transaction that changed it. */
export interface OutboxRow {
  readonly id: string
  /** The table; or `keys` where `after` names cache keys themselves. */
  readonly entity: string
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
  /** How long ago the transaction that changed it began, in ms; known of rows that a relay delivers. */
  readonly ageMs?: number
}

/** What a transaction has changed so far, and the name under which the outbox keeps it. */
export interface RecordedChanges {
  readonly transaction: string
  readonly rows: readonly OutboxRow[]
}

/**
 * Reads the outbox rows of the transaction that this is called in, once every constraint and trigger has had its say.
 * @param idleMs from here on, how long the transaction may stand idle before PostgreSQL ends it: a process that freezes
 *   now must not commit when it thaws. Set here too because a pooler between may not have passed it on.
 */
export async function readOwnChanges(
  tx: Pick<PrismaClient, '$queryRaw'>,
  idleMs: number,
): Promise<RecordedChanges | null> {
  const rows = await tx.$queryRaw<(OutboxRow & { transaction: string })[]>`
    SELECT "id", "transaction", "entity", "before", "after" FROM "larder_own_changes"(${idleMs}::int4)`
  const [first] = rows
  return first === undefined ? null : { transaction: first.transaction, rows }
}

/**
 * Records in the transaction itself which keys it touches and could not hold, for whoever delivers in the place of this
 * process: at once, since nothing keeps readers from them.
 */
export async function recordKeys(tx: Pick<PrismaClient, '$executeRaw'>, keys: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "outbox" ("transaction_id", "entity", "after", "settling")
    VALUES (pg_current_xact_id()::text::bigint, 'keys', ${JSON.stringify({ keys })}::jsonb, false)`
}

/** Sends one statement with its parameters, through whatever client. */
export type Send = (sql: string, ...values: readonly unknown[]) => Promise<unknown>

export function sendIn(tx: Pick<PrismaClient, '$executeRawUnsafe'>): Send {
  return (sql, ...values) => tx.$executeRawUnsafe(sql, ...values)
}

/** Records that somebody wants these keys evicted, though nothing has changed that they stand for. */
export async function recordByHand(send: Send, keys: readonly string[]): Promise<void> {
  await send(
    `INSERT INTO "outbox" ("transaction_id", "entity", "after")
     VALUES (pg_current_xact_id()::text::bigint, 'keys', $1::jsonb)`,
    JSON.stringify({ keys, by: 'hand' }),
  )
}

/** What waits to be delivered. */
export interface OutboxDepth {
  /** Up to 10,001, which stands for more. */
  readonly rows: number
  /** Age of the oldest row in ms; 0 without any. */
  readonly oldestMs: number
}

// beyond, it only matters that it is more than that
const mostCounted = 10_000

export async function outboxDepth(prisma: Pick<PrismaClient, '$queryRaw'>): Promise<OutboxDepth> {
  const [found] = await prisma.$queryRaw<OutboxDepth[]>`
    SELECT count(*)::int4 AS rows,
      coalesce(extract(epoch FROM clock_timestamp() - min("created_at")) * 1000, 0)::float8 AS "oldestMs"
    FROM (SELECT "created_at" FROM "outbox" ORDER BY "id" LIMIT ${mostCounted + 1}) AS waiting`
  return found ?? { rows: 0, oldestMs: 0 }
}

/** A transaction of which everything that its changes touch has been evicted, in these epochs. */
export interface Evicted {
  readonly transaction: string
  readonly epochs: Epochs
}

/** Deletes the changes that were evicted in epochs that are not over; says of which transactions they were. */
export async function deleteChanges(
  prisma: Pick<PrismaClient, '$queryRawUnsafe'>,
  evicted: readonly Evicted[],
): Promise<ReadonlySet<string>> {
  const rows = await prisma.$queryRawUnsafe<{ transaction: string }[]>(
    `DELETE FROM "outbox" USING unnest($1::text[], $2::text[]) AS evicted (transaction, epochs)
     WHERE "transaction_id" = evicted.transaction::bigint AND NOT ${isOver('evicted.epochs::jsonb')}
     RETURNING evicted.transaction`,
    evicted.map(({ transaction }) => transaction),
    evicted.map(({ epochs }) => JSON.stringify(epochs)),
  )
  return new Set(rows.map(({ transaction }) => transaction))
}

export interface DeliveryOptions {
  /** The instance that waits. */
  readonly instance: string
  /** Whether the cache has been told already, as far as this instance reaches: only those with another cache are waited for. */
  readonly isEvicted: boolean
  /** Whether this instance reads through the cache. */
  readonly isTrusted: () => boolean
  /** How long to wait at most, in ms. */
  readonly timeoutMs: number
}

/**
 * Waits until nobody is served what these changes replaced: a relay has delivered them, or every living instance has
 * recorded that it bypasses the cache. That it does so is not enough, this one included: an instance that is about to
 * trust the cache again has looked already which changes it must see delivered, and these may not be among them.
 */
export async function awaitDelivery(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  transaction: string,
  { instance, isEvicted, isTrusted, timeoutMs }: DeliveryOptions,
): Promise<'delivered' | 'pending'> {
  const giveUpAt = performance.now() + timeoutMs
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const state = await deliveryState(prisma, transaction, instance).catch(() => null)
    if (state !== null) {
      const isBypassedHere = !state.trustedHere && !isTrusted()
      if (!state.waiting || (!state.trustedElsewhere && (isEvicted || isBypassedHere))) return 'delivered'
    }
    if (performance.now() + pauseMs > giveUpAt) return 'pending'
    await sleep(pauseMs)
  }
}

interface DeliveryState {
  readonly waiting: boolean
  readonly trustedElsewhere: boolean
  readonly trustedHere: boolean
}

/**
 * Asks the relay to hurry, too. For a while after PostgreSQL has started nobody counts as gone: they may only not have
 * come back yet.
 */
async function deliveryState(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  transaction: string,
  instance: string,
): Promise<DeliveryState | null> {
  const [found] = await prisma.$queryRaw<DeliveryState[]>`
    SELECT waiting, "trustedElsewhere", "trustedHere", CASE WHEN waiting THEN pg_notify('larder_outbox', ${hurry})::text END
    FROM (SELECT
      EXISTS (SELECT FROM "outbox" WHERE "transaction_id" = ${transaction}::bigint) AS waiting,
      EXISTS (SELECT FROM "instance" WHERE "mode" = 'trusting' AND "id" = ${instance}) AS "trustedHere",
      EXISTS (SELECT FROM "instance" WHERE "mode" = 'trusting' AND "id" <> ${instance} AND (
        "seen_at" > clock_timestamp() - make_interval(secs => ${livingMs / 1000})
        OR pg_postmaster_start_time() > clock_timestamp() - make_interval(secs => ${(2 * livingMs) / 1000}))) AS "trustedElsewhere"
    ) AS state`
  return found ?? null
}

/** nobody listens: no running server uses its cache. */
export type DeliveryOutcome = 'delivered' | 'nobody listens' | 'timeout'

/**
 * Waits until the changes committed so far have been delivered, for commands that change the catalog beside a running
 * server.
 */
export async function waitForDelivery(client: pg.Client, timeoutMs: number): Promise<DeliveryOutcome> {
  const { rows } = await client.query<{ listening: boolean; last: string | null }>(
    `SELECT EXISTS (SELECT FROM "instance" WHERE "mode" = 'trusting'
         AND "seen_at" > clock_timestamp() - make_interval(secs => $1)) AS listening,
       (SELECT max("id")::text FROM "outbox") AS last`,
    [livingMs / 1000],
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
