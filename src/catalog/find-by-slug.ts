import type { Kind } from '../cache/index.ts'
import type { Reader } from './reader.ts'

/**
 * The row with this slug. The slug's entry and the row's are read one after the other, and the slug may have moved
 * between the two: where they do not fit together, both are read again from the database.
 */
export async function findBySlug<Row extends { readonly slug: string }>(
  reader: Reader,
  ids: Kind<string, number>,
  rows: Kind<number, Row>,
  slug: string,
): Promise<Row | null> {
  const id = await reader.read(ids, slug)
  if (id === null) return null
  const row = await reader.read(rows, id)
  if (row?.slug === slug) return row
  const currentId = await reader.reread(ids, slug)
  const current = currentId === null ? null : await reader.reread(rows, currentId)
  return current?.slug === slug ? current : null
}
