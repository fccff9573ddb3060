/** Which reviews a product has. */
export const productReviews = (product: number): string => `product/${product}/reviews`

/** Their stars, for lists that sort by them. */
export const productReviewRatings = (product: number): string => `product/${product}/reviews/rating`
