import type { ProductResolvers, QueryResolvers } from '../../generated/graphql.ts'
import { productCategories } from '../category/find.ts'
import type { CatalogContext } from '../context.ts'
import { badUserInput } from '../errors.ts'
import { globalId, parseGlobalId } from '../global-id.ts'
import { whenRead, type Maybe } from '../maybe.ts'
import { money } from '../money.ts'
import { reviewConnection } from '../review/connection.ts'
import { unrated } from '../review/kinds.ts'
import { canonicalSku, canonicalSlug } from '../unique-text.ts'
import { variantConnection } from '../variant/connection.ts'
import { productConnection, searchConnection } from './connection.ts'
import { findProduct, findProductBySku, findProductBySlug } from './find.ts'
import type { PricingRow, ProductRow } from './kinds.ts'

export const productQueries: Pick<QueryResolvers, 'product' | 'products' | 'searchProducts'> = {
  product(_root, { by }, context) {
    if (typeof by.id === 'string') {
      const { id } = parseGlobalId(by.id, 'by.id of product', ['Product'])
      return id === null ? null : findProduct(context, id)
    }
    if (typeof by.slug === 'string') {
      const slug = canonicalSlug(by.slug)
      return slug === null ? null : findProductBySlug(context, slug)
    }
    if (typeof by.sku === 'string') {
      const sku = canonicalSku(by.sku)
      return sku === null ? null : findProductBySku(context, sku)
    }
    throw badUserInput('by of product takes exactly one of id, slug and sku, but received none')
  },
  products: (_root, given, context) => productConnection(context, 'products', given),
  searchProducts: (_root, given, context) => searchConnection(context, given),
}

export const productResolvers: ProductResolvers = {
  id: (product) => globalId('Product', product.id),
  featuredImage: (product) => product.images[0] ?? null,
  priceRange: (product, _given, context) =>
    whenRead(pricingOf(product, context), (pricing) => {
      const { currency, min, max } = pricing ?? { currency: null, min: null, max: null }
      return currency === null || min === null || max === null
        ? null
        : { min: money(min, currency), max: money(max, currency) }
    }),
  inStock: (product, _given, context) => whenRead(pricingOf(product, context), (pricing) => pricing?.inStock ?? false),
  categories: (product, _given, context) => productCategories(context, product.id),
  variants: (product, given, context) => variantConnection(context, product.id, given),
  reviewSummary: (product, _given, { reader, kinds }) =>
    whenRead(reader.read(kinds.rating, product.id), (rating) => rating ?? unrated),
  reviews: (product, given, context) => reviewConnection(context, product.id, given),
}

function pricingOf(product: ProductRow, { reader, kinds }: CatalogContext): Maybe<PricingRow | null> {
  return reader.read(kinds.pricing, product.id)
}
