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
  const found = await tx.category.findMany({ where: { id: { in: ids } }, select: { id: true } })
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
  await tx.productCategory.deleteMany({ where: { productId: product, categoryId: { notIn: ids } } })
  await tx.$executeRaw`
    INSERT INTO "product_category" AS membership ("product_id", "category_id", "position")
    SELECT ${product}, listed.id, listed.place - 1 FROM unnest(${ids}::int4[]) WITH ORDINALITY AS listed (id, place)
    ON CONFLICT ("product_id", "category_id") DO UPDATE SET "position" = EXCLUDED."position"
      WHERE membership."position" <> EXCLUDED."position"`
}
