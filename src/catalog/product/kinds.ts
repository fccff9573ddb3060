import {
  bool,
  int,
  list,
  nullable,
  object,
  oneOf,
  shape,
  text,
  type KindDefinition,
  type ValueOf,
} from '../../cache/index.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import type { Connection } from '../connection/connection.ts'
import { image, imageOf } from '../image.ts'
import { grouped, inOrder } from '../in-order.ts'

const productShape = shape(
  1,
  object({
    id: int,
    slug: text,
    title: text,
    description: text,
    descriptionHtml: text,
    brand: nullable(text),
    images: list(image),
    status: oneOf('ACTIVE', 'DRAFT', 'ARCHIVED'),
    version: int,
    createdAt: text,
    updatedAt: text,
  }),
)
/** A product's own columns. Times are in ISO 8601. */
export type ProductRow = ValueOf<typeof productShape>
export type ProductConnection = Connection<ProductRow>

const pricingShape = shape(
  1,
  object({ currency: nullable(text), min: nullable(int), max: nullable(int), inStock: bool }),
)
/** What a product's variants add up to; prices in minor units. */
export type PricingRow = ValueOf<typeof pricingShape>

/** Products by id. */
export function productKind(prisma: PrismaClient): KindDefinition<number, ProductRow> {
  return {
    name: 'product',
    shape: productShape,
    key: (id) => [String(id)],
    belongs: (id, row) => row.id === id,
    async load(ids) {
      const rows = await prisma.product.findMany({ where: { id: { in: [...ids] } } })
      return inOrder(ids, rows, rowId, (row) => ({
        ...row,
        images: (row.images as unknown[]).map(imageOf).filter((each) => each !== null),
        createdAt: row.createdAt.toISOString(),
        updatedAt: row.updatedAt.toISOString(),
      }))
    },
  }
}

/** The ids of products by slug. */
export function productBySlugKind(prisma: PrismaClient): KindDefinition<string, number> {
  return {
    name: 'product-by-slug',
    shape: shape(1, int),
    key: (slug) => [slug],
    async load(slugs) {
      const rows = await prisma.product.findMany({
        where: { slug: { in: [...slugs] } },
        select: { id: true, slug: true },
      })
      return inOrder(slugs, rows, (row) => row.slug, rowId)
    },
  }
}

/** Price range and stock, by product id. */
export function pricingKind(prisma: PrismaClient): KindDefinition<number, PricingRow> {
  return {
    name: 'product-pricing',
    shape: pricingShape,
    key: (id) => [String(id)],
    async load(ids) {
      const rows = await prisma.productPricing.findMany({ where: { productId: { in: [...ids] } } })
      return inOrder(
        ids,
        rows,
        (row) => row.productId,
        ({ currency, minPrice, maxPrice, inStock }) => ({
          currency,
          min: minPrice === null ? null : Number(minPrice),
          max: maxPrice === null ? null : Number(maxPrice),
          inStock,
        }),
      )
    },
  }
}

/** The ids of the categories a product lies in, in its own order. */
export function productCategoriesKind(prisma: PrismaClient): KindDefinition<number, readonly number[]> {
  return {
    name: 'product-categories',
    shape: shape(1, list(int)),
    key: (id) => [String(id)],
    async load(ids) {
      const rows = await prisma.productCategory.findMany({
        where: { productId: { in: [...ids] } },
        orderBy: [{ position: 'asc' }, { categoryId: 'asc' }],
      })
      return grouped(
        ids,
        rows,
        (row) => row.productId,
        (row) => row.categoryId,
      )
    },
  }
}

function rowId(row: { readonly id: number }): number {
  return row.id
}
