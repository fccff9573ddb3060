import {
  float,
  int,
  list,
  nullable,
  object,
  shape,
  text,
  type KindDefinition,
  type ValueOf,
} from '../../cache/index.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import type { Connection } from '../connection/connection.ts'
import { inOrder } from '../in-order.ts'

const reviewShape = shape(
  1,
  object({ id: int, productId: int, rating: int, title: text, body: text, author: text, createdAt: text }),
)
/** A review's columns; the time in ISO 8601. */
export type ReviewRow = ValueOf<typeof reviewShape>
export type ReviewConnection = Connection<ReviewRow>

const ratingShape = shape(1, object({ count: int, average: nullable(float), distribution: list(int) }))
/** What a product's reviews add up to; the distribution counts one to five stars. */
export type RatingRow = ValueOf<typeof ratingShape>

/** The rating of a product without reviews. */
export const unrated: RatingRow = { count: 0, average: null, distribution: [0, 0, 0, 0, 0] }

/** Reviews by id. */
export function reviewKind(prisma: PrismaClient): KindDefinition<number, ReviewRow> {
  return {
    name: 'review',
    shape: reviewShape,
    key: (id) => [String(id)],
    belongs: (id, row) => row.id === id,
    async load(ids) {
      const rows = await prisma.review.findMany({ where: { id: { in: [...ids] } }, omit: { updatedAt: true } })
      return inOrder(
        ids,
        rows,
        (row) => row.id,
        (row) => ({ ...row, createdAt: row.createdAt.toISOString() }),
      )
    },
  }
}

/** What reviews add up to, by product id. */
export function ratingKind(prisma: PrismaClient): KindDefinition<number, RatingRow> {
  return {
    name: 'product-rating',
    shape: ratingShape,
    key: (id) => [String(id)],
    async load(ids) {
      const rows = await prisma.productRating.findMany({ where: { productId: { in: [...ids] } } })
      return inOrder(
        ids,
        rows,
        (row) => row.productId,
        ({ count, average, one, two, three, four, five }) => ({
          count,
          average,
          distribution: [one, two, three, four, five],
        }),
      )
    },
  }
}
