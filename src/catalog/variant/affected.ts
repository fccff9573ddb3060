import { differs, idsOf, isWholeTable, valuesOf, type Change, type ChangeContext } from '../changes.ts'
import type { CatalogKeys } from '../kinds.ts'
import { facets } from '../product/affected.ts'
import { productVariants } from './groups.ts'

/**
 * The keys that a changed variant touches: its row, its skus, its product's list of variants, and lists of products that
 * filter by the price of any variant. What the variants add up to is reported by a table of its own.
 */
export function variantAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [
      kinds.variant,
      kinds.variantBySku,
      kinds.variantPages,
      kinds.variantCounts,
      kinds.productPages,
      kinds.productCounts,
    ].map((kind) => kind.generationKey)
  }
  const products = idsOf(change, 'product_id')
  const skus = valuesOf(change, 'sku').map(String)
  return [
    ...idsOf(change, 'id').map((id) => kinds.variant.key(id)),
    ...(differs(change, 'sku', 'product_id') ? skus.map((sku) => kinds.variantBySku.key(sku)) : []),
    ...(differs(change, 'product_id') ? products.map((id) => group(productVariants(id))) : []),
    ...(differs(change, 'product_id', 'price_minor', 'currency') ? facets(products, 'price', context).map(group) : []),
  ]
}
