import { differs, idsOf, isWholeTable, type Change, type ChangeContext } from '../changes.ts'
import type { CatalogKeys } from '../kinds.ts'
import { productReviewRatings, productReviews } from './groups.ts'

/** The keys that a changed review touches: its row, and its product's lists of reviews. */
export function reviewAffected(change: Change, _context: ChangeContext, { kinds, group }: CatalogKeys): string[] {
  if (isWholeTable(change)) {
    return [kinds.review, kinds.reviewPages, kinds.reviewCounts].map((kind) => kind.generationKey)
  }
  const products = idsOf(change, 'product_id')
  return [
    ...idsOf(change, 'id').map((id) => kinds.review.key(id)),
    ...(differs(change, 'product_id', 'created_at') ? products.map((id) => group(productReviews(id))) : []),
    ...(differs(change, 'rating') ? products.map((id) => group(productReviewRatings(id))) : []),
  ]
}
