import { join, raw, sql, type Queryable, type Statement } from './sql.ts'

/** Columns by their names in Prisma's schema: `priceMinor` is "price_minor" in the database. Undefined is none. */
type Columns = Readonly<Record<string, unknown>>

/** Inserts rows, and answers with their ids in their order. What a row does not give is as the table has it by default. */
export async function insertRows(tx: Queryable, table: string, rows: readonly Columns[]): Promise<number[]> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(given(row))))]
  const tuples = rows.map(
    (row) => sql`(${join(names.map((name) => (row[name] === undefined ? unset : stored(row[name]))))})`,
  )
  const inserted = await tx.query<{ id: number }>(
    sql`INSERT INTO ${named(table)} (${join(names.map(named))}) VALUES ${join(tuples)} RETURNING "id"`,
  )
  return inserted.map(({ id }) => id)
}

/** Inserts one row, and answers with its id. */
export async function insertRow(tx: Queryable, table: string, columns: Columns): Promise<number> {
  const [id] = await insertRows(tx, table, [columns])
  return id as number
}

/** Updates the columns of one row that are given; false where there is no such row. */
export async function updateRow(tx: Queryable, table: string, id: number, columns: Columns): Promise<boolean> {
  const changes = Object.entries(given(columns)).map(([name, value]) => sql`${named(name)} = ${stored(value)}`)
  if (changes.length === 0) return true
  const rows = await tx.query(sql`UPDATE ${named(table)} SET ${join(changes)} WHERE "id" = ${id} RETURNING "id"`)
  return rows.length > 0
}

const unset = sql`DEFAULT`

function given(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

/** As pg sends it: lists and objects are JSON. */
function stored(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

function named(name: string): Statement {
  return raw(`"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`)
}
