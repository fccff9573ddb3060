import type pg from 'pg'
import { isOver, type Epochs } from './cache-server.ts'
import { heardWithin, relayTermMs, somebodyLags } from './living.ts'
import type { OutboxRow } from './outbox.ts'

export interface DeliverOptions {
  /** Names this process. */
  readonly id: string
  /** Whether every instance delivers for itself alone. */
  readonly mode: 'exclusive' | 'shared'
  /** How long a server has to settle what it changed itself, from the beginning of its transaction, in ms; 500 by default. */
  readonly settlingMs?: number
  /** The epochs in which entries are evicted at this moment; none where nobody else uses the cache. */
  epochs?(): Epochs
  /** Evicts what these rows touch. Returns the rows of which that is not certain: they stay and are delivered again. */
  deliver(rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]>
  /** All that was committed before this moment, of performance.now(), has been delivered by this instance. */
  onDelivered?(moment: number): void
}

/**
 * more: there are rows left. nothing left: all that could be seen is delivered, or another instance delivers. superseded:
 * others keep the cache in another server by now. others lag: they may still read in the server that was left, and the rows
 * stay until they have noticed.
 */
export type DeliveryOutcome = 'more' | 'nothing left' | 'superseded' | 'others lag' | { readonly failed: string }

const batchSize = 1000
// a bulk change row by row is evicted as a change of the whole table
const mostRowsOfATable = 250

/**
 * Delivers the outbox: reads the rows that are there, has them evicted, and deletes exactly those. It goes by presence and
 * not by a high-water mark, because rows become visible in the order of their commits and not of their ids.
 *
 * One instance delivers for all that share a cache: the living one with the lowest id that reaches it. Nobody needs to give
 * up that place, since one that froze, died or cannot reach the cache is none of those; and where two take themselves for
 * it for a moment, entries are evicted twice, which harms nobody.
 */
export class Deliveries {
  readonly #client: pg.Client
  readonly #options: DeliverOptions

  constructor(client: pg.Client, options: DeliverOptions) {
    this.#client = client
    this.#options = options
  }

  /**
   * Delivers one batch.
   * @param everything also what a server that shares the cache has just changed, and is about to settle itself
   * @throws where the database does not answer
   */
  async deliver(everything: boolean): Promise<DeliveryOutcome> {
    const begun = performance.now()
    const { mode, settlingMs = 500 } = this.#options
    const leftMs = mode === 'exclusive' || everything ? 0 : settlingMs
    // as they are before anything is evicted
    const epochs = JSON.stringify(this.#options.epochs?.() ?? {})
    const rows = await this.#read(leftMs, epochs)
    if (rows === 'superseded') return rows
    if (rows === null) return 'nothing left'
    if (rows.length > 0) {
      const failed = await this.#evict(rows)
      const left = new Set(failed.rows)
      const delivered = rows.filter((row) => !left.has(row)).map(({ id }) => id)
      const kept = delivered.length === 0 ? null : await this.#delete(delivered, epochs)
      if (kept !== null) return kept
      if (left.size > 0) return { failed: failed.reason }
      if (rows.length === batchSize) return 'more'
    }
    // what was left to others may have been committed since
    this.#options.onDelivered?.(begun - leftMs)
    return 'nothing left'
  }

  async #evict(rows: readonly OutboxRow[]): Promise<{ rows: readonly OutboxRow[]; reason: string }> {
    try {
      const gathered = gather(rows)
      const failed = await this.#options.deliver([...gathered.keys()])
      return { rows: failed.flatMap((row) => gathered.get(row) ?? []), reason: 'entries could not be evicted' }
    } catch (error) {
      return { rows, reason: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Null where they are deleted; what keeps them otherwise. */
  async #delete(delivered: readonly string[], epochs: string): Promise<'superseded' | 'others lag' | null> {
    const { rows } = await this.#client.query<{ over: boolean; lags: boolean }>(
      `WITH epoch AS MATERIALIZED (SELECT ${isOver('$2::jsonb')} AS over, ${somebodyLags} AS lags),
         deleted AS (DELETE FROM "outbox" USING epoch WHERE "id" = ANY ($1::bigint[]) AND NOT over AND NOT lags)
       SELECT over, lags FROM epoch`,
      [delivered, epochs],
    )
    if (rows[0]?.over !== false) return 'superseded'
    return rows[0].lags ? 'others lag' : null
  }

  /** Null where it is for another instance to deliver. */
  async #read(leftMs: number, epochs: string): Promise<OutboxRow[] | 'superseded' | null> {
    const { rows } = await this.#client.query<OutboxRow & { active: boolean; over: boolean; id: string | null }>(
      `SELECT active, ${isOver('$5::jsonb')} AS over, o."id"::text, "entity", "before", "after",
         (extract(epoch FROM clock_timestamp() - "created_at") * 1000)::float8 AS "ageMs"
       FROM (SELECT $2::boolean OR $1 = (SELECT min("id") FROM "instance" WHERE "mode" = 'trusting'
               AND ${heardWithin(relayTermMs)}) AS active) AS turn
       LEFT JOIN LATERAL (SELECT * FROM "outbox"
         WHERE active AND NOT ("settling" AND clock_timestamp() - "created_at" BETWEEN '0' AND make_interval(secs => $4))
         ORDER BY "id" LIMIT $3) AS o ON true
       ORDER BY o."id"`,
      [this.#options.id, this.#options.mode === 'exclusive', batchSize, leftMs / 1000, epochs],
    )
    if (rows[0]?.over === true) return 'superseded'
    if (rows[0]?.active !== true) return null
    return rows.filter(({ id }) => id !== null)
  }
}

/** The rows to evict by, each with the rows that it stands for. */
function gather(rows: readonly OutboxRow[]): Map<OutboxRow, readonly OutboxRow[]> {
  const tables = new Map<string, OutboxRow[]>()
  for (const row of rows) {
    const ofTable = tables.get(row.entity)
    if (ofTable === undefined) tables.set(row.entity, [row])
    else ofTable.push(row)
  }
  const gathered = new Map<OutboxRow, readonly OutboxRow[]>()
  for (const [entity, ofTable] of tables) {
    if (entity === 'keys' || ofTable.length <= mostRowsOfATable) for (const row of ofTable) gathered.set(row, [row])
    else gathered.set({ id: '', entity, before: null, after: null, ageMs: ofTable[0]?.ageMs ?? 0 }, ofTable)
  }
  return gathered
}
