import { setTimeout as sleep } from 'node:timers/promises'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { relayLock, type OutboxRow } from './relay.ts'

/** What a transaction has changed so far, and the name under which the outbox keeps it. */
export interface RecordedChanges {
  readonly transaction: string
  readonly rows: readonly OutboxRow[]
}

/** Reads the outbox rows of the transaction that this is called in, once every constraint and trigger has had its say. */
export async function readOwnChanges(
  tx: Pick<PrismaClient, '$queryRaw' | '$executeRaw'>,
): Promise<RecordedChanges | null> {
  await tx.$executeRaw`SET CONSTRAINTS ALL IMMEDIATE`
  const rows = await tx.$queryRaw<(OutboxRow & { transaction: string })[]>`
    SELECT "id"::text, "transaction_id"::text AS "transaction", "entity", "before", "after" FROM "outbox"
    WHERE "transaction_id" = pg_current_xact_id_if_assigned()::text::bigint ORDER BY "id"`
  const [first] = rows
  return first === undefined ? null : { transaction: first.transaction, rows }
}

/** Says that everything which these changes touch has been evicted. */
export async function deleteChanges(prisma: Pick<PrismaClient, '$executeRaw'>, transaction: string): Promise<void> {
  await prisma.$executeRaw`DELETE FROM "outbox" WHERE "transaction_id" = ${transaction}::bigint`
}

/**
 * Waits until a relay has delivered these changes, for at most so many ms. Where nobody listens at all, nobody relies on a
 * cache of its own either, and there is nothing to wait for; `shared` caches are waited for all the same, since an
 * instance may read what another has put there.
 */
export async function awaitDelivery(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  transaction: string,
  { shared, timeoutMs }: { shared: boolean; timeoutMs: number },
): Promise<'delivered' | 'pending'> {
  const giveUpAt = performance.now() + timeoutMs
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const settled = await isDelivered(prisma, transaction, shared).catch(() => false)
    if (settled) return 'delivered'
    if (performance.now() + pauseMs > giveUpAt) return 'pending'
    await sleep(pauseMs)
  }
}

async function isDelivered(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  transaction: string,
  shared: boolean,
): Promise<boolean> {
  const [found] = await prisma.$queryRaw<{ waiting: boolean; listening: boolean }[]>`
    SELECT waiting, listening, CASE WHEN waiting THEN pg_notify('larder_outbox', 'now')::text END
    FROM (SELECT
      EXISTS (SELECT FROM "outbox" WHERE "transaction_id" = ${transaction}::bigint) AS waiting,
      EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0
        AND objid = ${relayLock}::int8::oid AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS listening
    ) AS state`
  return found?.waiting === false || (found?.listening === false && !shared)
}
