import { setTimeout as sleep } from 'node:timers/promises'
import { heardWithin, isTrusting, livingMs } from './living.ts'
import { hurry, lastChange } from './outbox.ts'
import { raw, sql, type Queryable, type Statement } from './sql.ts'

/** Changes that are waited for: SQL that is true of their rows in the outbox. */
export type Awaited = Statement

export const ofTransaction = (transaction: string): Awaited => sql`"transaction_id" = ${transaction}::bigint`

export const upTo = (row: string): Awaited => sql`"id" <= ${row}::bigint`

/** Whether any of these changes has still to be delivered. */
export async function isWaiting(database: Queryable, changes: Awaited): Promise<boolean> {
  const rows = await database.query(sql`SELECT FROM "outbox" WHERE ${changes} LIMIT 1`)
  return rows.length > 0
}

export interface WaitOptions {
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
  database: Queryable,
  changes: Awaited,
  { instance, isEvicted, isTrusted, timeoutMs }: WaitOptions,
): Promise<'delivered' | 'pending'> {
  const giveUpAt = performance.now() + timeoutMs
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const state = await deliveryState(database, changes, instance).catch(() => null)
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
async function deliveryState(database: Queryable, changes: Awaited, instance: string): Promise<DeliveryState | null> {
  const [found] = await database.query<DeliveryState>(sql`
    SELECT waiting, "trustedElsewhere", "trustedHere", CASE WHEN waiting THEN pg_notify('larder_outbox', ${hurry})::text END
    FROM (SELECT
      EXISTS (SELECT FROM "outbox" WHERE ${changes}) AS waiting,
      EXISTS (SELECT FROM "instance" WHERE "mode" = 'trusting' AND "id" = ${instance}) AS "trustedHere",
      EXISTS (SELECT FROM "instance" WHERE "mode" = 'trusting' AND "id" <> ${instance} AND (
        ${raw(heardWithin(livingMs))}
        OR pg_postmaster_start_time() > clock_timestamp() - make_interval(secs => ${(2 * livingMs) / 1000}))) AS "trustedElsewhere"
    ) AS state`)
  return found ?? null
}

/** nobody listens: no running server uses its cache. */
export type WaitOutcome = 'delivered' | 'nobody listens' | 'timeout'

/**
 * Waits until the changes committed so far have been delivered, for commands that change the catalog beside a running
 * server.
 */
export async function waitForDelivery(database: Queryable, timeoutMs: number): Promise<WaitOutcome> {
  const listening = await database.query(sql`SELECT FROM "instance" WHERE ${raw(isTrusting)} LIMIT 1`)
  if (listening.length === 0) return 'nobody listens'
  const last = await lastChange(database)
  if (last === null) return 'delivered'
  const giveUpAt = performance.now() + timeoutMs
  while (performance.now() < giveUpAt) {
    if (!(await isWaiting(database, upTo(last)))) return 'delivered'
    await sleep(20)
  }
  return 'timeout'
}
