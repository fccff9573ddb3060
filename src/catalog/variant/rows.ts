import type { Faults, FieldPath } from '../faults.ts'
import { imageColumn } from '../image.ts'
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
  const found = await tx.productVariant.findMany({
    where: { sku: { in: wanted.map(({ sku }) => sku) }, ...(self === undefined ? {} : { id: { not: self } }) },
    select: { sku: true },
  })
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
  const rows = await tx.productVariant.createManyAndReturn({
    data: variants.map(({ price, quantityAvailable, image, ...columns }) => ({
      ...columns,
      productId,
      priceMinor: price.minor,
      currency: price.currency,
      quantity: quantityAvailable ?? 0,
      image: imageColumn(image ?? null),
    })),
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}
