import pg from 'pg'
import { StandbyError } from './errors.ts'
import { hearStatements, keepListeners, type StatementListener } from './statements.ts'

export interface PoolOptions {
  readonly url: string
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

/** What can be said of the connections to a database. */
export interface Connections {
  /** How many SQL statements have been answered. */
  statements(): number
  /** How many connections there may be and are in use, and how many requests wait for one. */
  pool(): { readonly size: number; readonly inUse: number; readonly waiting: number }
  close(): Promise<void>
}

/** What connections call themselves, and what more they ask of PostgreSQL. */
interface Session {
  readonly access: 'read' | 'write'
  readonly name: string
}

/** How long a transaction may take where nothing is said, in ms. */
export const standardTransactionMs = 5000
const graceMs = 1000
// whoever asks for a page wants the first few rows: by the time that several workers have been told so, they have read the
// whole catalog; and the cores are there for many requests at once
const alone = '-c max_parallel_workers_per_gather=0'

/** Opens connections to a primary as they are needed: none that is silent for too long is used again. */
export function openPool(options: PoolOptions, { access, name }: Session): Connections & { readonly pg: pg.Pool } {
  const {
    url,
    poolSize = 10,
    statementTimeoutMs = 5000,
    transactionTimeoutMs = standardTransactionMs,
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
    application_name: name,
    options: access === 'read' ? `${alone} -c default_transaction_read_only=on` : alone,
  })
  // a connection that breaks, idle or between two statements, is replaced when it is next needed; unheard, its error would
  // end the process
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))
  keepListeners(pool)
  const observe = (client: pg.PoolClient): void =>
    hearStatements(client, access, (event, error) => {
      statements += 1
      listener?.(event)
      giveUpSilent(client, error)
    })
  return {
    pg: pool,
    statements: () => statements,
    pool: () => ({ size: poolSize, inUse: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      if (!pool.ended) await pool.end()
    },
  }
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
