import { int, list, nullable, object, shape, text, type KindDefinition, type ValueOf } from '../../cache/index.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import type { Connection } from '../connection/connection.ts'
import { image, imageOf } from '../image.ts'
import { inOrder } from '../in-order.ts'

const variantShape = shape(
  1,
  object({
    id: int,
    productId: int,
    sku: text,
    title: text,
    price: int,
    currency: text,
    quantity: int,
    image: nullable(image),
    selectedOptions: list(object({ name: text, value: text })),
    version: int,
  }),
)
/** A variant's columns; the price in minor units of the currency. */
export type VariantRow = ValueOf<typeof variantShape>
export type ProductVariantConnection = Connection<VariantRow>

const lookupShape = shape(1, object({ id: int, productId: int }))
type Lookup = ValueOf<typeof lookupShape>

/** Variants by id. */
export function variantKind(prisma: PrismaClient): KindDefinition<number, VariantRow> {
  return {
    name: 'variant',
    shape: variantShape,
    key: (id) => [String(id)],
    belongs: (id, row) => row.id === id,
    async load(ids) {
      const rows = await prisma.productVariant.findMany({
        where: { id: { in: [...ids] } },
        omit: { createdAt: true, updatedAt: true },
      })
      return inOrder(
        ids,
        rows,
        (row) => row.id,
        ({ priceMinor, ...row }) => ({
          ...row,
          price: Number(priceMinor),
          image: imageOf(row.image),
          selectedOptions: row.selectedOptions as { name: string; value: string }[],
        }),
      )
    },
  }
}

/** The ids of variants, and of the products they belong to, by sku. */
export function variantBySkuKind(prisma: PrismaClient): KindDefinition<string, Lookup> {
  return {
    name: 'variant-by-sku',
    shape: lookupShape,
    key: (sku) => [sku],
    async load(skus) {
      const rows = await prisma.productVariant.findMany({
        where: { sku: { in: [...skus] } },
        select: { id: true, productId: true, sku: true },
      })
      return inOrder(
        skus,
        rows,
        (row) => row.sku,
        ({ id, productId }) => ({ id, productId }),
      )
    },
  }
}
