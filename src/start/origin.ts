import { originSql } from '../database/origin.ts'
import { raw, type Queryable } from '../database/sql.ts'

/** Names this database at this stage of its history: nothing that was cached of another is taken for valid. */
export async function originOf(database: Queryable): Promise<string> {
  const rows = await database.query<{ origin: string }>(raw(originSql))
  return rows[0]?.origin ?? ''
}
