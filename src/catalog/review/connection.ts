import type { ReviewSortKey } from '../../generated/graphql.ts'
import { Connection } from '../connection/connection.ts'
import { reversed, type Order, type SortColumn } from '../connection/order.ts'
import { parsePage, type PageArguments } from '../connection/page.ts'
import type { CatalogContext } from '../context.ts'
import { productReviewRatings, productReviews } from './groups.ts'
import type { ReviewConnection, ReviewRow } from './kinds.ts'

interface ReviewListArguments extends PageArguments {
  readonly sortKey?: ReviewSortKey | null
  readonly reverse?: boolean | null
}

const id: SortColumn = { sql: 'r."id"', type: 'int4', descending: false }
const created: SortColumn = { sql: 'r."created_at"', type: 'timestamptz', descending: true }
const stars: SortColumn = { sql: 'r."rating"', type: 'int4', descending: true }

const orders: Readonly<Record<ReviewSortKey, Order>> = {
  NEWEST: { name: 'NEWEST', segments: [{ columns: [created, id] }] },
  RATING: { name: 'RATING', segments: [{ columns: [stars, id] }] },
}

/** The reviews of one product. */
export function reviewConnection(
  context: CatalogContext,
  productId: number,
  given: ReviewListArguments,
): ReviewConnection {
  const field = 'reviews'
  const sortKey = given.sortKey ?? 'NEWEST'
  const order = given.reverse === true ? reversed(orders[sortKey]) : orders[sortKey]
  const page = parsePage(field, order, given)
  const list = {
    name: `product=${productId}`,
    groups: [productReviews(productId)],
    selection: {
      from: '"review" r',
      where: ['r."product_id" = q.product'],
      values: { product: { type: 'int4', value: productId } as const },
    },
  }
  const source = {
    pages: context.kinds.reviewPages,
    counts: context.kinds.reviewCounts,
    rows: context.kinds.review,
    accepts: (row: ReviewRow) => row.productId === productId,
  }
  const orderGroups = sortKey === 'RATING' ? [productReviewRatings(productId)] : []
  return new Connection(context.reader, source, field, { list, order, orderGroups, page })
}
