import { sql, type Queryable } from '../database/sql.ts'

/** What about the database weakens what an answered write promises; null where nothing does. */
export async function durabilityWarning(database: Queryable): Promise<string | null> {
  const [found] = await database.query<{ setting: string }>(
    sql`SELECT current_setting('synchronous_commit') AS setting`,
  )
  if (found?.setting !== 'off') return null
  return (
    'PostgreSQL runs with synchronous_commit=off: when it crashes, writes that were answered may be lost, and the cache may ' +
    'go on serving them. Set it to on.'
  )
}
