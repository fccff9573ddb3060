import { Connection } from '../connection/connection.ts'
import { parsePage, type PageArguments } from '../connection/page.ts'
import type { Order } from '../connection/order.ts'
import type { CatalogContext } from '../context.ts'
import { productVariants } from './groups.ts'
import type { ProductVariantConnection, VariantRow } from './kinds.ts'

const creation: Order = {
  name: 'CREATION',
  segments: [{ columns: [{ sql: 'v."id"', type: 'int4', descending: false }] }],
}

/** The variants of one product, in the order of creation. */
export function variantConnection(
  context: CatalogContext,
  productId: number,
  given: PageArguments,
): ProductVariantConnection {
  const field = 'variants'
  const page = parsePage(field, creation, given)
  const list = {
    name: `product=${productId}`,
    groups: [productVariants(productId)],
    selection: {
      from: '"product_variant" v',
      where: ['v."product_id" = q.product'],
      values: { product: { type: 'int4', value: productId } as const },
    },
  }
  const source = {
    pages: context.kinds.variantPages,
    counts: context.kinds.variantCounts,
    rows: context.kinds.variant,
    accepts: (row: VariantRow) => row.productId === productId,
  }
  return new Connection(context.reader, source, field, { list, order: creation, orderGroups: [], page })
}
