import type { CatalogContext } from '../context.ts'
import { gone } from '../errors.ts'
import { findBySlug } from '../find-by-slug.ts'
import { globalId } from '../global-id.ts'
import { whenRead, type Maybe } from '../maybe.ts'
import { maySee } from '../viewer.ts'
import type { ProductRow } from './kinds.ts'

/** The product with this id, or null where there is none that the viewer may see. */
export function findProduct({ reader, kinds, viewer }: CatalogContext, id: number): Maybe<ProductRow | null> {
  return whenRead(reader.read(kinds.product, id), (row) => visible(viewer, row))
}

/** The product with this slug, or null where there is none that the viewer may see. */
export async function findProductBySlug(context: CatalogContext, slug: string): Promise<ProductRow | null> {
  const { reader, kinds, viewer } = context
  return visible(viewer, await findBySlug(reader, kinds.productBySlug, kinds.product, slug))
}

/** The product that one of its variants' sku names; checked like a slug. */
export async function findProductBySku(context: CatalogContext, sku: string): Promise<ProductRow | null> {
  const { reader, kinds, viewer } = context
  const found = await reader.read(kinds.variantBySku, sku)
  if (found === null) return null
  const [variant, product] = await Promise.all([
    reader.read(kinds.variant, found.id),
    reader.read(kinds.product, found.productId),
  ])
  if (variant?.sku === sku && variant.productId === product?.id) return visible(viewer, product)
  const current = await reader.reread(kinds.variantBySku, sku)
  return current === null ? null : visible(viewer, await reader.reread(kinds.product, current.productId))
}

/**
 * The product that a variant or a review belongs to. It was there and visible when its part was found, and the request
 * has usually read it before; should it be gone in between, the part is gone with it.
 */
export function productOf(context: CatalogContext, id: number): Maybe<ProductRow> {
  return whenRead(findProduct(context, id), (product) => {
    if (product !== null) return product
    throw gone(`The product ${globalId('Product', id)} was deleted while this was read: ask again`)
  })
}

function visible(viewer: CatalogContext['viewer'], row: ProductRow | null): ProductRow | null {
  return row !== null && maySee(viewer, row.status) ? row : null
}
