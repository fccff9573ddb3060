import type pg from 'pg'
import { databaseError, DatabaseTimeoutError, sqlStateOf } from './errors.ts'
import { writerName } from './outbox.ts'
import { openPool, standardTransactionMs, type Connections, type PoolOptions } from './pool.ts'
import { queryableOn, sql, type Queryable } from './sql.ts'

/** Changes the database. Without Prisma, whose transactions were a third of what a write cost (`docs/architecture.md`). */
export interface Writer extends Queryable, Connections {
  /**
   * Runs the work in a transaction, on a connection of its own, and commits it.
   * @throws what the work throws, and then nothing has changed; CommitUnknownError; as `query` does
   */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>
}

/** COMMIT was sent, and nobody answered whether it was made. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError'
}

/** Connects to PostgreSQL, lazily. */
export function connectWriter(options: PoolOptions): Writer {
  const { transactionTimeoutMs = standardTransactionMs } = options
  const { pg: pool, ...connections } = openPool(options, { access: 'write', name: writerName })
  return {
    ...queryableOn(pool),
    ...connections,
    async transaction(work) {
      const client = await connected(pool)
      let isUsable = true
      try {
        return await transactionOn(client, transactionTimeoutMs, work)
      } catch (error) {
        isUsable = !(error instanceof CommitUnknownError) && (await isRolledBack(client))
        throw error
      } finally {
        client.release(!isUsable)
      }
    },
  }
}

async function transactionOn<Result>(
  client: pg.PoolClient,
  timeoutMs: number,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  const expiresAt = performance.now() + timeoutMs
  const connection = queryableOn(client)
  const tx: Queryable = {
    query(statement) {
      refuseExpired(expiresAt, timeoutMs)
      return connection.query(statement)
    },
  }
  await connection.query(sql`BEGIN`)
  const result = await work(tx)
  refuseExpired(expiresAt, timeoutMs)
  await commit(client)
  return result
}

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string
  try {
    ;({ command } = await client.query('COMMIT'))
  } catch (error) {
    throw saysThatNothingWasCommitted(error)
      ? databaseError(error)
      : new CommitUnknownError('the connection broke while a transaction was committed', { cause: error })
  }
  // where a statement failed, and the work went on as if it had not, PostgreSQL rolls back and reports no error
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back, because one of its statements had failed')
}

function saysThatNothingWasCommitted(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== null && !state.startsWith('08') && !state.startsWith('57')
}

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw databaseError(error)
  }
}

async function isRolledBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
}

function refuseExpired(expiresAt: number, timeoutMs: number): void {
  if (performance.now() > expiresAt) {
    throw new DatabaseTimeoutError(`The transaction took longer than the ${timeoutMs} ms that it may`)
  }
}
