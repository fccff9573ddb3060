import pg from 'pg'
import { StartError } from '../start-error.ts'

/**
 * Runs what a start has to do over one connection of its own.
 * @param variable where the url comes from
 * @throws StartError where nothing can be reached there
 */
export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
  variable = 'DATABASE_URL, or LARDER_DIRECT_DATABASE_URL where that is set',
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'larder migrate',
  })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw new StartError(`PostgreSQL at ${placeOf(url)} cannot be reached: ${messageOf(error)}. Check ${variable}.`, {
      cause: error,
    })
  }
  try {
    return await use(client)
  } finally {
    // ends the session, and with it whatever it has locked
    await client.end()
  }
}

/** Where a database is, without the password. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** What an error says; of several that happened together, what each says. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
