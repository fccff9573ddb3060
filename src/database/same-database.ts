import { StartError } from '../start-error.ts'
import { placeOf, withClient } from './with-client.ts'

// a pooler may give a database another name, but not another server or number
const identity = `
  SELECT concat_ws('/', s.system_identifier, d.oid) AS identity
  FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`

/**
 * Refuses a direct url that leads to another database: that one would be migrated, and changes would be looked for where
 * none are made.
 * @throws StartError also where one of them cannot be reached
 */
export async function refuseOtherDatabase(url: string, directUrl: string): Promise<void> {
  const pooled = await identityAt(url, 'DATABASE_URL')
  const direct = await identityAt(directUrl, 'LARDER_DIRECT_DATABASE_URL')
  if (direct === pooled) return
  throw new StartError(
    `LARDER_DIRECT_DATABASE_URL must lead to the database of DATABASE_URL, ${placeOf(url)}, but ${placeOf(directUrl)} is ` +
      'another one: name the same database of the same server in both.',
  )
}

async function identityAt(url: string, variable: string): Promise<string | undefined> {
  const { rows } = await withClient(url, (client) => client.query<{ identity: string }>(identity), variable)
  return rows[0]?.identity
}
