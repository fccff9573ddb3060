import type { CatalogContext } from '../context.ts'
import type { CategoryRow } from './kinds.ts'

/** The category with this slug; checked against its row like a product's, because the slug may have moved in between. */
export async function findCategoryBySlug({ reader, kinds }: CatalogContext, slug: string): Promise<CategoryRow | null> {
  const id = await reader.read(kinds.categoryBySlug, slug)
  if (id === null) return null
  const row = await reader.read(kinds.category, id)
  if (row?.slug === slug) return row
  const currentId = await reader.reread(kinds.categoryBySlug, slug)
  const current = currentId === null ? null : await reader.reread(kinds.category, currentId)
  return current?.slug === slug ? current : null
}

/** The categories that a product lies in, in the product's own order. */
export async function productCategories(context: CatalogContext, productId: number): Promise<CategoryRow[]> {
  return existing(context, await context.reader.read(context.kinds.productCategories, productId))
}

/** The way from the root down to a category, without itself. */
export async function categoryAncestors(context: CatalogContext, id: number): Promise<CategoryRow[]> {
  return existing(context, await context.reader.read(context.kinds.categoryAncestors, id))
}

/** Rows of listed ids; one that was deleted after the list was read drops out. */
async function existing({ reader, kinds }: CatalogContext, ids: readonly number[] | null): Promise<CategoryRow[]> {
  const rows = await Promise.all((ids ?? []).map((id) => reader.read(kinds.category, id)))
  return rows.filter((row) => row !== null)
}
