import { differs, idsOf, isWholeTable, valuesOf, type Change, type ChangeContext } from '../changes.ts'
import type { CatalogKeys } from '../kinds.ts'
import { subtreeProducts } from '../product/groups.ts'
import { childrenOf, tree } from './groups.ts'

/**
 * The keys that a changed category touches: its row, its slugs, the lists of children it may enter, leave or move in, and
 * where it was moved the way to everything below it and the products of every subtree it left or entered.
 */
export function categoryAffected(change: Change, context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [
      kinds.category,
      kinds.categoryBySlug,
      kinds.categoryAncestors,
      kinds.categoryPages,
      kinds.categoryCounts,
      kinds.productPages,
      kinds.productCounts,
    ].map((kind) => kind.generationKey)
  }
  const ids = idsOf(change, 'id')
  const slugs = valuesOf(change, 'slug').map(String)
  const parents = valuesOf(change, 'parent_id').map((id) => (typeof id === 'number' ? id : null))
  const moved = differs(change, 'parent_id')
  const subtrees = parents.flatMap((id) => (id === null ? [] : context.pathOf(id)))
  return [
    ...ids.map((id) => kinds.category.key(id)),
    ...(differs(change, 'slug') ? slugs.map((slug) => kinds.categoryBySlug.key(slug)) : []),
    ...(differs(change, 'parent_id', 'name') ? parents.map((parent) => group(childrenOf(parent))) : []),
    ...(moved ? [tree, ...subtrees.map(subtreeProducts)].map(group) : []),
  ]
}
