import type { PrismaClient } from '../generated/prisma/client.ts'
import { categoryAffected } from './category/affected.ts'
import { idsOf, type Change, type ChangeContext } from './changes.ts'
import type { CatalogKinds } from './kinds.ts'
import {
  membershipAffected,
  pricingAffected,
  productAffected,
  ratingAffected,
  searchAffected,
} from './product/affected.ts'
import { reviewAffected } from './review/affected.ts'
import { variantAffected } from './variant/affected.ts'

/** How keys are named: by kind and id, or by the group of a list. */
export interface CatalogKeys {
  readonly kinds: CatalogKinds
  readonly group: (name: string) => string
}

type Affected = (change: Change, context: ChangeContext, keys: CatalogKeys) => string[]

/** Which keys a change of each table touches. Nothing else knows. */
const affectedBy: Readonly<Record<string, Affected>> = {
  // what a write knew itself, and could not evict itself
  keys: ({ after }) => namedKeys(after?.['keys']),
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
 * @throws for a table that nobody has said anything about: better a change that stays undelivered than one overlooked
 */
export function affectedKeys(changes: readonly Change[], context: ChangeContext, keys: CatalogKeys): string[] {
  const touched = changes.flatMap((change) => {
    const affected = affectedBy[change.entity]
    if (affected === undefined) throw new Error(`no function says which keys a change of "${change.entity}" touches`)
    return affected(change, context, keys)
  })
  return [...new Set(touched)]
}

function namedKeys(keys: unknown): string[] {
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
}

/** Reads from the database what these changes do not say themselves, in two statements at most. */
export async function readChangeContext(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  changes: readonly Change[],
): Promise<ChangeContext> {
  const products = idsIn(changes, 'product_id', 'product')
  const named = changes.flatMap((change) => [
    ...idsOf(change, 'category_id'),
    ...(change.entity === 'category' ? [...idsOf(change, 'id'), ...idsOf(change, 'parent_id')] : []),
  ])
  const memberships =
    products.length === 0
      ? []
      : await prisma.$queryRaw<{ product: number; category: number }[]>`
          SELECT "product_id" AS product, "category_id" AS category FROM "product_category"
          WHERE "product_id" = ANY (${products}::int4[])`
  const categories = [...new Set([...named, ...memberships.map(({ category }) => category)])]
  const paths =
    categories.length === 0
      ? []
      : await prisma.$queryRaw<{ start: number; id: number }[]>`
          WITH RECURSIVE up AS (
            SELECT start, start AS id FROM unnest(${categories}::int4[]) AS start
            UNION
            SELECT up.start, c."parent_id" FROM up JOIN "category" c ON c."id" = up.id WHERE c."parent_id" IS NOT NULL
          )
          SELECT start, id FROM up`
  return {
    categoriesOf: (product) => memberships.filter((each) => each.product === product).map(({ category }) => category),
    pathOf: (category) => paths.filter(({ start }) => start === category).map(({ id }) => id),
  }
}

/** The products that changes are about, as rows of their own or through a column that names them. */
function idsIn(changes: readonly Change[], column: string, entity: string): number[] {
  return [
    ...new Set(
      changes.flatMap((change) => [...idsOf(change, column), ...(change.entity === entity ? idsOf(change, 'id') : [])]),
    ),
  ]
}
