import { differs, idsOf, isWholeTable, valuesOf, type Change, type ChangeContext } from '../changes.ts'
import type { CatalogKeys } from '../kinds.ts'
import { allProducts, categoryProducts, facetOf, searchResults, subtreeProducts, type Facet } from './groups.ts'

/**
 * The keys that a changed product touches: its row, its slugs, and the lists it may enter, leave or move in. A new title
 * reorders lists by title; only a new status or time, or a new or deleted product, changes who is in a list.
 */
export function productAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [kinds.product, kinds.productBySlug, kinds.productPages, kinds.productCounts].map(
      (kind) => kind.generationKey,
    )
  }
  const bases = idsOf(change, 'id').flatMap((id) => productBases(id, context))
  const slugs = valuesOf(change, 'slug').map(String)
  return [
    ...idsOf(change, 'id').map((id) => kinds.product.key(id)),
    ...(differs(change, 'slug') ? slugs.map((slug) => kinds.productBySlug.key(slug)) : []),
    ...(differs(change, 'status', 'created_at') ? [...bases, searchResults].map(group) : []),
    ...(differs(change, 'title') ? bases.map((base) => group(facetOf(base, 'title'))) : []),
    ...(differs(change, 'brand') ? bases.map((base) => group(facetOf(base, 'brand'))) : []),
  ]
}

/** A product that entered or left a category, or changed its place among the product's categories. */
export function membershipAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [kinds.productCategories, kinds.productPages, kinds.productCounts].map((kind) => kind.generationKey)
  }
  const categories = differs(change, 'product_id', 'category_id') ? idsOf(change, 'category_id') : []
  return [
    ...idsOf(change, 'product_id').map((id) => kinds.productCategories.key(id)),
    ...categories.flatMap((id) => categoryBases(id, context)).map(group),
  ]
}

/** What a product's variants add up to. */
export function pricingAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [kinds.pricing, kinds.productPages, kinds.productCounts].map((kind) => kind.generationKey)
  }
  const products = idsOf(change, 'product_id')
  return [
    ...products.map((id) => kinds.pricing.key(id)),
    ...(differs(change, 'currency', 'min_price') ? facets(products, 'price', context).map(group) : []),
    ...(differs(change, 'in_stock') ? facets(products, 'stock', context).map(group) : []),
  ]
}

/** What a product's reviews add up to. */
export function ratingAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) return [kinds.rating, kinds.productPages].map((kind) => kind.generationKey)
  const products = idsOf(change, 'product_id')
  return [
    ...products.map((id) => kinds.rating.key(id)),
    ...(differs(change, 'average') ? facets(products, 'rating', context).map(group) : []),
  ]
}

/** The words that find a product. */
export function searchAffected(_change: Change, _context: ChangeContext, { group }: CatalogKeys): string[] {
  return [group(searchResults)]
}

/** The groups of every list that looks at one facet of these products. */
export function facets(products: readonly number[], facet: Facet, context: ChangeContext): string[] {
  return products.flatMap((id) => productBases(id, context)).map((base) => facetOf(base, facet))
}

/** Every base whose lists a product may be in. */
function productBases(product: number, context: ChangeContext): string[] {
  return [allProducts, ...context.categoriesOf(product).flatMap((category) => categoryBases(category, context))]
}

function categoryBases(category: number, context: ChangeContext): string[] {
  return [categoryProducts(category), ...context.pathOf(category).map(subtreeProducts)]
}
