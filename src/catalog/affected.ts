import { sql, type Queryable } from '../database/sql.ts'
import { categoryAffected } from './category/affected.ts'
import { idsOf, type Change, type ChangeContext } from './changes.ts'
import type { CatalogKeys } from './kinds.ts'
import {
  membershipAffected,
  pricingAffected,
  productAffected,
  ratingAffected,
  searchAffected,
} from './product/affected.ts'
import { reviewAffected } from './review/affected.ts'
import { variantAffected } from './variant/affected.ts'

type Affected = (change: Change, context: ChangeContext, keys: CatalogKeys) => string[]

/** Which keys a change of each table touches. Nothing else knows. */
const affectedBy: Readonly<Record<string, Affected>> = {
  // what a write knew itself and could not evict itself, and what somebody wants gone
  keys: ({ after }) => textsIn(after?.['keys']),
  category: categoryAffected,
  product: productAffected,
  product_category: membershipAffected,
  product_pricing: pricingAffected,
  product_rating: ratingAffected,
  product_search: searchAffected,
  product_variant: variantAffected,
  review: reviewAffected,
}

/**
 * Every key that these changes touch, each once.
 * @param tell is told which of them each change touches
 * @throws for a table that nobody has said anything about: better a change that stays undelivered than one overlooked
 */
export function affectedKeys(
  changes: readonly Change[],
  context: ChangeContext,
  keys: CatalogKeys,
  tell?: (change: Change, keys: readonly string[]) => void,
): string[] {
  const { productPages, productCounts } = keys.kinds
  const anyList = context.isUnsure ? [productPages.generationKey, productCounts.generationKey] : []
  const touched = changes.flatMap((change) => {
    const affected = affectedBy[change.entity]
    if (affected === undefined) throw new Error(`no function says which keys a change of "${change.entity}" touches`)
    const touchedByOne = [...affected(change, context, keys), ...anyList]
    tell?.(change, touchedByOne)
    return touchedByOne
  })
  return [...new Set(touched)]
}

function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
}

/** Where a product lies, or what lies on the way up from a category; neither, where that cannot be known. */
interface Place {
  readonly product: number | null
  readonly start: number | null
  readonly category: number
}

/**
 * Reads from the database what these changes do not say themselves, in one statement at most.
 *
 * It is not enough where products lie now: whoever moved one, or a category above it, may not have had it evicted yet, as
 * a process that died in between. Until that is delivered, the lists of where it was still stand and still hold it, and
 * this change must reach them as well. So what waits in the outbox counts as if it had not happened too; the tables and
 * the outbox are seen at one and the same moment.
 */
export async function readChangeContext(database: Queryable, changes: readonly Change[]): Promise<ChangeContext> {
  const products = idsIn(changes, 'product_id', 'product')
  const named = changes.flatMap((change) => [
    ...idsOf(change, 'category_id'),
    ...(change.entity === 'category' ? [...idsOf(change, 'id'), ...idsOf(change, 'parent_id')] : []),
  ])
  const places =
    products.length + named.length === 0
      ? []
      : await database.query<Place>(sql`
          WITH RECURSIVE lies AS (
            SELECT "product_id" AS product, "category_id" AS category FROM "product_category"
            WHERE "product_id" = ANY (${products}::int4[])
            UNION SELECT ("before" ->> 'product_id')::int4, ("before" ->> 'category_id')::int4 FROM "outbox"
            WHERE "entity" = 'product_category' AND ("before" ->> 'product_id')::int4 = ANY (${products}::int4[])
          ), up AS (
            SELECT start, start AS category
            FROM (SELECT unnest(${[...new Set(named)]}::int4[]) AS start UNION SELECT category FROM lies) AS starts
            UNION
            SELECT up.start, above.id FROM up, LATERAL (
              SELECT c."parent_id" AS id FROM "category" c WHERE c."id" = up.category
              UNION SELECT ("before" ->> 'parent_id')::int4 FROM "outbox"
              WHERE "entity" = 'category' AND ("before" ->> 'id')::int4 = up.category
            ) AS above WHERE above.id IS NOT NULL
          )
          SELECT product, NULL AS start, category FROM lies
          UNION ALL SELECT NULL, start, category FROM up
          UNION ALL SELECT NULL, NULL, 0 FROM "outbox"
            WHERE "entity" IN ('product_category', 'category') AND "before" IS NULL AND "after" IS NULL`)
  const ofProducts = categoriesBy('product', places)
  const ofStarts = categoriesBy('start', places)
  return {
    isUnsure: places.some(({ product, start }) => product === null && start === null),
    categoriesOf: (id) => ofProducts.get(id) ?? [],
    pathOf: (id) => ofStarts.get(id) ?? [],
  }
}

/** The categories of these places, by the product that lies there or by where the way up starts. */
function categoriesBy(what: 'product' | 'start', places: readonly Place[]): ReadonlyMap<number, readonly number[]> {
  const categories = new Map<number, number[]>()
  for (const { category, [what]: id } of places) {
    if (id === null) continue
    const known = categories.get(id)
    if (known === undefined) categories.set(id, [category])
    else known.push(category)
  }
  return categories
}

/** The products that changes are about, as rows of their own or through a column that names them. */
function idsIn(changes: readonly Change[], column: string, entity: string): number[] {
  return [
    ...new Set(
      changes.flatMap((change) => [...idsOf(change, column), ...(change.entity === entity ? idsOf(change, 'id') : [])]),
    ),
  ]
}
