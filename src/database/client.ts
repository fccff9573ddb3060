import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import { databaseError, StandbyError } from './errors.ts'
import { statementSent } from './statements.ts'

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
}

export interface Database {
  readonly prisma: PrismaClient
  /** How many SQL statements this client has sent. */
  statements(): number
  close(): Promise<void>
}

const graceMs = 1000

/**
 * Connects to PostgreSQL, lazily. What fails because the database is away or slow throws DatabaseUnavailableError or
 * DatabaseTimeoutError.
 */
export function connect(options: DatabaseOptions): Database {
  const {
    url,
    access,
    poolSize = 10,
    statementTimeoutMs = 5000,
    transactionTimeoutMs = 5000,
    connectTimeoutMs = 2000,
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
    application_name: access === 'read' ? 'larder' : 'larder write',
    ...(access === 'read' ? { options: '-c default_transaction_read_only=on' } : {}),
  })
  // an idle connection that breaks is replaced when it is next needed; unheard, its error would end the process
  pool.on('error', () => {})
  const observe = (client: pg.PoolClient): void => {
    const query = client.query.bind(client)
    client.query = ((...given: Parameters<typeof query>) => {
      statements += 1
      statementSent()
      const answer: unknown = query(...given)
      if (answer instanceof Promise) answer.catch((error: unknown) => giveUpSilent(client, error))
      return answer
    }) as typeof client.query
  }
  const client = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' })
  const prisma = client.$extends({
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
  return {
    prisma,
    statements: () => statements,
    async close() {
      await client.$disconnect()
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
