import type { ProductSortKey } from '../../generated/graphql.ts'
import { reversed, type Order, type SortColumn } from '../connection/order.ts'
import type { Facet } from './groups.ts'

const id: SortColumn = { sql: 'p."id"', type: 'int4', descending: false }
const created: SortColumn = { sql: 'p."created_at"', type: 'timestamptz', descending: true }
const title: SortColumn = { sql: 'p."title"', type: 'text', descending: false }
const currency: SortColumn = { sql: 'pricing."currency"', type: 'text', descending: false }
const lowest: SortColumn = { sql: 'pricing."min_price"', type: 'int8', descending: false }
const average: SortColumn = { sql: 'rating."average"', type: 'float8', descending: true }

const orders: Readonly<Record<ProductSortKey, Order>> = {
  NEWEST: { name: 'NEWEST', segments: [{ columns: [created, id] }] },
  TITLE: { name: 'TITLE', segments: [{ columns: [title, id] }] },
  PRICE: {
    name: 'PRICE',
    segments: [
      { where: 'pricing."min_price" IS NOT NULL', columns: [currency, lowest, id] },
      { where: 'pricing."min_price" IS NULL', columns: [id] },
    ],
  },
  RATING: {
    name: 'RATING',
    segments: [
      { where: 'rating."average" IS NOT NULL', columns: [average, id] },
      { where: 'rating."average" IS NULL', columns: [id] },
    ],
  },
}

export function productOrder(sortKey: ProductSortKey, reverse: boolean): Order {
  return reverse ? reversed(orders[sortKey]) : orders[sortKey]
}

/** What a list under this sort key looks at beyond who is in it. */
export const sortFacet: Readonly<Record<ProductSortKey, Facet | null>> = {
  NEWEST: null,
  TITLE: 'title',
  PRICE: 'price',
  RATING: 'rating',
}

/**
 * Best match first. Each word counts with every part of the product it occurs in, and each part weighs more than all that
 * follow it together. The rank is a whole number, so that a cursor compares with it exactly.
 *
 * @param words how many words there are; `q.word0`, `q.word1`, … are them as queries that lack only their weights
 */
export function rankOrder(words: number): Order {
  const parts = Array.from({ length: words }, (_, i) =>
    [
      ...Object.entries(weights).map(
        ([label, weight]) => `${weight} * (search."document" @@ (q.word${i} || '${label}')::tsquery)::int4`,
      ),
      `${categoryWeight} * (search."category_names" @@ (q.word${i} || 'ABCD')::tsquery)::int4`,
    ].join(' + '),
  )
  const rank: SortColumn = { sql: `(${parts.join(' + ')})`, type: 'int4', descending: true }
  return { name: 'RANK', segments: [{ columns: [rank, id] }] }
}

/** Title, sku, brand, and under D the category names together with the description. */
const weights = { A: 16, B: 8, C: 4, D: 1 }
const categoryWeight = 2
