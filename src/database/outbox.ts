import { isOver, type Epochs } from './cache-server.ts'
import { somebodyLags } from './living.ts'
import { raw, sql, type Queryable } from './sql.ts'

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
export async function readOwnChanges(tx: Queryable, idleMs: number): Promise<RecordedChanges | null> {
  const rows = await tx.query<OutboxRow & { transaction: string }>(sql`
    SELECT "id", "transaction", "entity", "before", "after" FROM "larder_own_changes"(${idleMs}::int4)`)
  const [first] = rows
  return first === undefined ? null : { transaction: first.transaction, rows }
}

/**
 * Records in the transaction itself which keys it touches and could not hold, for whoever delivers in the place of this
 * process: at once, since nothing keeps readers from them.
 */
export async function recordKeys(tx: Queryable, keys: readonly string[]): Promise<void> {
  await tx.query(sql`
    INSERT INTO "outbox" ("transaction_id", "entity", "after", "settling")
    VALUES (pg_current_xact_id()::text::bigint, 'keys', ${JSON.stringify({ keys })}::jsonb, false)`)
}

/** Records that somebody wants these keys evicted, though nothing has changed that they stand for. */
export async function recordByHand(tx: Queryable, keys: readonly string[]): Promise<void> {
  await tx.query(sql`
    INSERT INTO "outbox" ("transaction_id", "entity", "after")
    VALUES (pg_current_xact_id()::text::bigint, 'keys', ${JSON.stringify({ keys, by: 'hand' })}::jsonb)`)
}

/** The last row that waits to be delivered; null where none does. */
export async function lastChange(database: Queryable): Promise<string | null> {
  const [found] = await database.query<{ last: string | null }>(sql`SELECT max("id")::text AS last FROM "outbox"`)
  return found?.last ?? null
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

export async function outboxDepth(database: Queryable): Promise<OutboxDepth> {
  const [found] = await database.query<OutboxDepth>(sql`
    SELECT count(*)::int4 AS rows,
      coalesce(extract(epoch FROM clock_timestamp() - min("created_at")) * 1000, 0)::float8 AS "oldestMs"
    FROM (SELECT "created_at" FROM "outbox" ORDER BY "id" LIMIT ${mostCounted + 1}) AS waiting`)
  return found ?? { rows: 0, oldestMs: 0 }
}

/** A transaction of which everything that its changes touch has been evicted, in these epochs. */
export interface Evicted {
  readonly transaction: string
  readonly epochs: Epochs
}

/**
 * Deletes the changes that were evicted in epochs that are not over, unless somebody may still read what was stored in an
 * earlier one; says of which transactions they were.
 */
export async function deleteChanges(database: Queryable, evicted: readonly Evicted[]): Promise<ReadonlySet<string>> {
  const transactions = evicted.map(({ transaction }) => transaction)
  const epochs = evicted.map((each) => JSON.stringify(each.epochs))
  const rows = await database.query<{ transaction: string }>(sql`
    DELETE FROM "outbox" USING unnest(${transactions}::text[], ${epochs}::text[]) AS evicted (transaction, epochs)
    WHERE "transaction_id" = evicted.transaction::bigint AND NOT ${raw(isOver('evicted.epochs::jsonb'))}
      AND NOT ${raw(somebodyLags)}
    RETURNING evicted.transaction`)
  return new Set(rows.map(({ transaction }) => transaction))
}
