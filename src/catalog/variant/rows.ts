import { insertRows } from '../../database/rows.ts'
import { sql } from '../../database/sql.ts'
import type { Faults, FieldPath } from '../faults.ts'
import type { Whole } from '../input.ts'
import type { Transaction } from '../write.ts'
import type { variantCreateRules } from './input.ts'

/** Adds TAKEN for each sku that another variant has, in the catalog or earlier in this list. */
export async function checkSkus(
  tx: Transaction,
  faults: Faults,
  wanted: readonly { readonly sku: string; readonly field: FieldPath }[],
  self?: number,
): Promise<void> {
  const skus = wanted.map(({ sku }) => sku)
  const found = await tx.query<{ sku: string }>(sql`
    SELECT "sku" FROM "product_variant"
    WHERE "sku" = ANY (${skus}::text[]) AND "id" IS DISTINCT FROM ${self ?? null}::int4`)
  const taken = new Set(found.map(({ sku }) => sku))
  for (const { sku, field } of wanted) {
    if (taken.has(sku)) faults.add('TAKEN', field, `The sku "${sku}" belongs to another variant`)
    taken.add(sku)
  }
}

/** Stores the variants of a product. @returns their ids, in the order given */
export async function createVariants(
  tx: Transaction,
  productId: number,
  variants: readonly Whole<typeof variantCreateRules>[],
): Promise<number[]> {
  return insertRows(
    tx,
    'product_variant',
    variants.map(({ price, quantityAvailable: quantity, ...columns }) => {
      return { ...columns, productId, priceMinor: price.minor, currency: price.currency, quantity }
    }),
  )
}
