import type { ProductVariantResolvers } from '../../generated/graphql.ts'
import { globalId } from '../global-id.ts'
import { money } from '../money.ts'
import { productOf } from '../product/find.ts'

export const variantResolvers: ProductVariantResolvers = {
  id: (variant) => globalId('ProductVariant', variant.id),
  price: (variant) => money(variant.price, variant.currency),
  quantityAvailable: (variant) => variant.quantity,
  inStock: (variant) => variant.quantity > 0,
  product: (variant, _given, context) => productOf(context, variant.productId),
}
