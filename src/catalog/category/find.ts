import type { CatalogContext } from '../context.ts'
import { allRead, whenRead, type Maybe } from '../maybe.ts'
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
export function productCategories(context: CatalogContext, productId: number): Maybe<CategoryRow[]> {
  return whenRead(context.reader.read(context.kinds.productCategories, productId), (ids) => existing(context, ids))
}

/** The way from the root down to a category, without itself. */
export function categoryAncestors(context: CatalogContext, id: number): Maybe<CategoryRow[]> {
  return whenRead(context.reader.read(context.kinds.categoryAncestors, id), (ids) => existing(context, ids))
}

/** Rows of listed ids; one that was deleted after the list was read drops out. */
function existing({ reader, kinds }: CatalogContext, ids: readonly number[] | null): Maybe<CategoryRow[]> {
  const rows = allRead((ids ?? []).map((id) => reader.read(kinds.category, id)))
  return whenRead(rows, (all) => all.filter((row) => row !== null))
}
