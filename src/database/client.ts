import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import { databaseError, StandbyError } from './errors.ts'
import { writerName } from './outbox.ts'
import { hearStatements, keepListeners, type StatementListener } from './statements.ts'

export interface DatabaseOptions {
  readonly url: string
  /** What this client may do, to PostgreSQL's own satisfaction: only that of the catalog's `write` may change anything. */
  readonly access: 'read' | 'write'
  /** Connections at most; 10 by default. */
  readonly poolSize?: number
  /** How long a statement may run, in ms; 5 s by default. */
  readonly statementTimeoutMs?: number
  /** How long a transaction may stand idle before PostgreSQL ends it, in ms; 5 s by default. */
  readonly transactionTimeoutMs?: number
  /** How long a request waits for a connection, in ms; 2 s by default. */
  readonly connectTimeoutMs?: number
  /** Is told of every statement. */
  readonly listener?: StatementListener
}

export interface Database {
  readonly prisma: PrismaClient
  /** How many SQL statements of this client have been answered. */
  statements(): number
  /** How many connections it may have and has in use, and how many requests wait for one. */
  pool(): { readonly size: number; readonly inUse: number; readonly waiting: number }
  close(): Promise<void>
}

const graceMs = 1000
// whoever asks for a page wants the first few rows: by the time that several workers have been told so, they have read the
// whole catalog; and the cores are there for many requests at once
const alone = '-c max_parallel_workers_per_gather=0'

/**
 * Connects to PostgreSQL, lazily. A read that fails because the database is away or slow throws DatabaseUnavailableError
 * or DatabaseTimeoutError.
 */
export function connect(options: DatabaseOptions): Database {
  const {
    url,
    access,
    poolSize = 10,
    statementTimeoutMs = 5000,
    transactionTimeoutMs = 5000,
    connectTimeoutMs = 2000,
    listener,
  } = options
  let statements = 0
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: transactionTimeoutMs,
    // for a server that does not answer at all, and so does not end statements either
    query_timeout: statementTimeoutMs + graceMs,
    verify: (client, settle) => {
      refuseStandby(client)
        .then(() => observe(client))
        .then(() => settle(), settle)
    },
    application_name: access === 'read' ? 'larder' : writerName,
    options: access === 'read' ? `${alone} -c default_transaction_read_only=on` : alone,
  })
  // an idle connection that breaks is replaced when it is next needed; unheard, its error would end the process
  pool.on('error', () => {})
  keepListeners(pool)
  const observe = (client: pg.PoolClient): void =>
    hearStatements(client, access, (event, error) => {
      statements += 1
      listener?.(event)
      giveUpSilent(client, error)
    })
  const client = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' })
  // the catalog's write tells errors apart itself: what extends a client makes each statement of a transaction dearer
  const prisma = access === 'read' ? tellingErrorsApart(client) : client
  return {
    prisma,
    statements: () => statements,
    pool: () => ({
      size: poolSize,
      inUse: pool.totalCount - pool.idleCount,
      waiting: pool.waitingCount,
    }),
    async close() {
      await client.$disconnect()
      if (!pool.ended) await pool.end()
    },
  }
}

function tellingErrorsApart(client: PrismaClient): PrismaClient {
  return client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return (await query(args)) as unknown
        } catch (error) {
          throw databaseError(error)
        }
      },
    },
  }) as unknown as PrismaClient
}

/** A connection on which an answer is still to come would keep whoever uses it next waiting. */
function giveUpSilent(client: pg.PoolClient, error: unknown): void {
  if (!(error instanceof Error) || error.message !== 'Query read timeout') return
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** After a failover an address may lead to a server that is behind: what is read there must never be cached. */
async function refuseStandby(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  if (rows[0]?.standby === true) throw new StandbyError('the server is a standby')
}
