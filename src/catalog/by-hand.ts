import type { Cache, Inspection } from '../cache/index.ts'
import { recordByHand } from '../database/outbox.ts'
import { categoryProducts, subtreeProducts } from './product/groups.ts'
import { childrenOf } from './category/groups.ts'
import type { Catalog } from './index.ts'
import type { CatalogKinds } from './kinds.ts'
import { productReviews } from './review/groups.ts'
import { canonicalSku, canonicalSlug } from './unique-text.ts'
import { productVariants } from './variant/groups.ts'

/** What people ask for by name. */
export const nouns = ['product', 'variant', 'category', 'review'] as const
export type Noun = (typeof nouns)[number]

/** Something that is stored, by the name that people know: the key without its prefix. */
export interface Stored {
  readonly name: string
  /** Looks at it. @throws where the store does not answer in time */
  readonly inspect: () => Promise<Inspection>
}

interface Caching {
  readonly cache: Pick<Cache, 'nameOf' | 'groupKey' | 'inspect'>
  readonly kinds: CatalogKinds
}

type AnyKind = Pick<CatalogKinds['product'], 'name'> & {
  key(id: never): string
  inspect(id: never): Promise<Inspection>
}

/**
 * Everything that is cached of one thing alone: its entries, and the groups of the lists that belong to it. Reads the
 * database, past the cache, for the names it goes by.
 * @param id an id, a slug or a sku
 * @throws as a read of the database does
 */
export async function storedOf({ cache, kinds }: Caching, noun: Noun, id: string): Promise<Stored[]> {
  const number = /^[1-9][0-9]{0,9}$/.test(id) && Number(id) <= 2_147_483_647 ? Number(id) : null
  const entry = <Id>(kind: { key(id: Id): string; inspect(id: Id): Promise<Inspection> }, of: Id): Stored => ({
    name: cache.nameOf(kind.key(of)),
    inspect: () => kind.inspect(of),
  })
  const group = (name: string): Stored => stored({ cache, kinds }, cache.nameOf(cache.groupKey(name)))
  switch (noun) {
    case 'product': {
      const slug = number === null ? canonicalSlug(id) : ((await one(kinds.product, number))?.slug ?? null)
      const product = number ?? (slug === null ? null : await one(kinds.productBySlug, slug))
      return [
        ...(product === null
          ? []
          : [
              ...[kinds.product, kinds.pricing, kinds.productCategories, kinds.rating].map((kind) =>
                entry(kind as typeof kinds.product, product),
              ),
              group(productVariants(product)),
              group(productReviews(product)),
            ]),
        ...(slug === null ? [] : [entry(kinds.productBySlug, slug)]),
      ]
    }
    case 'variant': {
      const sku = number === null ? canonicalSku(id) : ((await one(kinds.variant, number))?.sku ?? null)
      const variant = number ?? (sku === null ? null : ((await one(kinds.variantBySku, sku))?.id ?? null))
      return [
        ...(variant === null ? [] : [entry(kinds.variant, variant)]),
        ...(sku === null ? [] : [entry(kinds.variantBySku, sku)]),
      ]
    }
    case 'category': {
      const slug = number === null ? canonicalSlug(id) : ((await one(kinds.category, number))?.slug ?? null)
      const category = number ?? (slug === null ? null : await one(kinds.categoryBySlug, slug))
      return [
        ...(category === null
          ? []
          : [
              entry(kinds.category, category),
              entry(kinds.categoryAncestors, category),
              ...[childrenOf, categoryProducts, subtreeProducts].map((name) => group(name(category))),
            ]),
        ...(slug === null ? [] : [entry(kinds.categoryBySlug, slug)]),
      ]
    }
    case 'review':
      return number === null ? [] : [entry(kinds.review, number)]
  }
}

/** What is stored under a name, whatever it is. */
export function stored({ cache, kinds }: Caching, name: string): Stored {
  const [kindName, id = ''] = name.split(':')
  const numbered: readonly AnyKind[] = [
    kinds.product,
    kinds.pricing,
    kinds.productCategories,
    kinds.rating,
    kinds.variant,
    kinds.category,
    kinds.categoryAncestors,
    kinds.review,
  ]
  const named: readonly AnyKind[] = [kinds.productBySlug, kinds.categoryBySlug, kinds.variantBySku]
  const byNumber = numbered.find((kind) => kind.name === kindName && cache.nameOf(kind.key(Number(id) as never)) === name)
  if (byNumber !== undefined) return { name, inspect: () => byNumber.inspect(Number(id) as never) }
  const byName = named.find((kind) => kind.name === kindName && cache.nameOf(kind.key(id as never)) === name)
  if (byName !== undefined) return { name, inspect: () => byName.inspect(id as never) }
  return { name, inspect: () => cache.inspect(name) }
}

/**
 * Evicts what is stored under these names, for every instance, as a write does that changes what they stand for.
 * @throws as a write does
 */
export async function evictByHand(
  { write }: Pick<Catalog, 'write'>,
  names: readonly string[],
): Promise<'DONE' | 'PENDING'> {
  const { propagation } = await write((tx) => recordByHand((sql, ...values) => tx.$executeRawUnsafe(sql, ...values), names))
  return propagation
}

/** A value from the database; null where there is none. */
async function one<Id, Value>(
  kind: { reread(ids: readonly Id[]): Promise<(Value | Error | null)[]> },
  id: Id,
): Promise<Value | null> {
  const [value = null] = await kind.reread([id])
  if (value instanceof Error) throw value
  return value
}
