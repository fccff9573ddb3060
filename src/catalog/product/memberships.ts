import { sql } from '../../database/sql.ts'
import type { Faults } from '../faults.ts'
import type { Transaction } from '../write.ts'

/** A category as an input names it; its id is null where no category can have it. */
export interface NamedCategory {
  readonly text: string
  readonly id: number | null
}

/** Adds NOT_FOUND for each category that does not exist. */
export async function checkCategories(
  tx: Transaction,
  faults: Faults,
  categories: readonly NamedCategory[] | undefined,
): Promise<void> {
  if (categories === undefined || categories.length === 0) return
  const ids = categories.flatMap(({ id }) => id ?? [])
  const found = await tx.query<{ id: number }>(sql`SELECT "id" FROM "category" WHERE "id" = ANY (${ids}::int4[])`)
  for (const [i, { id, text }] of categories.entries()) {
    if (found.some((each) => each.id === id)) continue
    faults.add('NOT_FOUND', ['input', 'categories', String(i)], `There is no category with the id ${text}`)
  }
}

/** Makes a product lie in exactly these categories, in this order. Rows that are right already stay untouched. */
export async function placeInCategories(
  tx: Transaction,
  product: number,
  categories: readonly NamedCategory[],
): Promise<void> {
  const ids = categories.flatMap(({ id }) => id ?? [])
  await tx.query(sql`
    DELETE FROM "product_category" WHERE "product_id" = ${product} AND "category_id" <> ALL (${ids}::int4[])`)
  await tx.query(sql`
    INSERT INTO "product_category" AS membership ("product_id", "category_id", "position")
    SELECT ${product}::int4, listed.id, listed.place - 1 FROM unnest(${ids}::int4[]) WITH ORDINALITY AS listed (id, place)
    ON CONFLICT ("product_id", "category_id") DO UPDATE SET "position" = EXCLUDED."position"
      WHERE membership."position" <> EXCLUDED."position"`)
}
