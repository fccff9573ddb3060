import type { Cache } from '../cache/index.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { categoryAncestorsKind, categoryBySlugKind, categoryKind } from './category/kinds.ts'
import { countKind, listKind } from './connection/list.ts'
import { pricingKind, productBySlugKind, productCategoriesKind, productKind } from './product/kinds.ts'
import { ratingKind, reviewKind } from './review/kinds.ts'
import { variantBySkuKind, variantKind } from './variant/kinds.ts'

/** Every kind of thing that the catalog caches. */
export type CatalogKinds = ReturnType<typeof createKinds>

/** How keys are named: by kind and id, or by the group of a list. */
export interface CatalogKeys {
  readonly kinds: CatalogKinds
  readonly group: (name: string) => string
}

export function createKinds(cache: Cache, prisma: PrismaClient) {
  return {
    product: cache.kind(productKind(prisma)),
    productBySlug: cache.kind(productBySlugKind(prisma)),
    pricing: cache.kind(pricingKind(prisma)),
    productCategories: cache.kind(productCategoriesKind(prisma)),
    productPages: cache.kind(listKind('product-list', prisma)),
    productCounts: cache.kind(countKind('product-count', prisma)),
    variant: cache.kind(variantKind(prisma)),
    variantBySku: cache.kind(variantBySkuKind(prisma)),
    variantPages: cache.kind(listKind('variant-list', prisma)),
    variantCounts: cache.kind(countKind('variant-count', prisma)),
    category: cache.kind(categoryKind(prisma)),
    categoryBySlug: cache.kind(categoryBySlugKind(prisma)),
    categoryAncestors: cache.kind(categoryAncestorsKind(prisma)),
    categoryPages: cache.kind(listKind('category-list', prisma)),
    categoryCounts: cache.kind(countKind('category-count', prisma)),
    review: cache.kind(reviewKind(prisma)),
    rating: cache.kind(ratingKind(prisma)),
    reviewPages: cache.kind(listKind('review-list', prisma)),
    reviewCounts: cache.kind(countKind('review-count', prisma)),
  }
}
