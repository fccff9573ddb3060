import type { ReviewResolvers, ReviewSummaryResolvers } from '../../generated/graphql.ts'
import { globalId } from '../global-id.ts'
import { productOf } from '../product/find.ts'

export const reviewResolvers: ReviewResolvers = {
  id: (review) => globalId('Review', review.id),
  product: (review, _given, context) => productOf(context, review.productId),
}

export const reviewSummaryResolvers: ReviewSummaryResolvers = {
  averageRating: (rating) => rating.average,
}
