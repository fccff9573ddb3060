import type { CatalogContext } from '../context.ts'
import { findBySlug } from '../find-by-slug.ts'
import { allRead, whenRead, type Maybe } from '../maybe.ts'
import type { CategoryRow } from './kinds.ts'

export function findCategoryBySlug({ reader, kinds }: CatalogContext, slug: string): Promise<CategoryRow | null> {
  return findBySlug(reader, kinds.categoryBySlug, kinds.category, slug)
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
