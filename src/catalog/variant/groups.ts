/** The list of a product's variants. */
export const productVariants = (product: number): string => `product/${product}/variants`
