import type pg from 'pg'
import { Prisma } from '../generated/prisma/client.ts'
import { databaseError } from './errors.ts'

/** A statement and its values, which travel apart from its text: written with the tag `sql`. */
export type Statement = Prisma.Sql

/** Writes a statement; what stands in it in `${}` is a value, or a part written with this tag itself. */
export const { sql, raw, join } = Prisma

/** Sends statements. */
export interface Queryable {
  /**
   * Sends one statement, and answers with its rows.
   * @throws DatabaseUnavailableError, DatabaseTimeoutError, or what PostgreSQL says
   */
  query<Row>(statement: Statement): Promise<Row[]>
}

/** Sends statements through a connection of pg's, or through whichever of a pool is free. */
export function queryableOn(client: Pick<pg.ClientBase, 'query'>): Queryable {
  return {
    async query<Row>({ text, values }: Statement): Promise<Row[]> {
      try {
        const { rows } = await client.query(text, values)
        return rows as Row[]
      } catch (error) {
        throw databaseError(error)
      }
    },
  }
}
