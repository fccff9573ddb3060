import type { Cache, Inspection, Kind } from '../cache/index.ts'
import { childrenOf } from './category/groups.ts'
import type { NodeType } from './global-id.ts'
import type { CatalogKinds } from './kinds.ts'
import { categoryProducts, subtreeProducts } from './product/groups.ts'
import { productReviews } from './review/groups.ts'
import { largestInt } from './storable.ts'
import { canonicalSku, canonicalSlug } from './unique-text.ts'
import { productVariants } from './variant/groups.ts'

/** What people ask for by an id, a slug or a sku. */
export const nouns = ['product', 'variant', 'category', 'review'] as const
export type Noun = (typeof nouns)[number]

/** What ids that clients see begin with. */
const typeOf: Readonly<Record<Noun, NodeType>> = {
  product: 'Product',
  variant: 'ProductVariant',
  category: 'Category',
  review: 'Review',
}

/** Something that may be stored. */
export interface Stored {
  /** As people know it: the key without its prefix. */
  readonly name: string
  /** Looks at it. @throws where the store does not answer in time */
  inspect(): Promise<Inspection>
}

/** The cache, and what the catalog keeps in it. */
export interface Storage {
  readonly cache: Pick<Cache, 'nameOf' | 'groupKey' | 'inspect'>
  readonly kinds: CatalogKinds
}

type Entries<Id> = Pick<Kind<Id, unknown>, 'name' | 'key' | 'inspect'>

/**
 * Everything that is cached of one thing alone: its entries, and the groups of the lists that belong to it. Its other names
 * are read from the database, past the cache. Where digits are the id of one thing and the slug or sku of another, of both.
 * @param name an id as in `42` or as in `Product:42`, a slug or a sku
 * @throws as a read of the database does
 */
export async function storedOf(storage: Storage, noun: Noun, name: string): Promise<Stored[]> {
  const id = idIn(noun, name)
  const named = id === null ? null : await idNamed(storage, noun, name)
  const stored = await storedAs(storage, noun, name, id)
  return named === null || named === id ? stored : [...stored, ...(await storedAs(storage, noun, name, named))]
}

/** The id that a name is; null where it is none. */
function idIn(noun: Noun, name: string): number | null {
  const prefix = `${typeOf[noun]}:`
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : name
  return /^[1-9][0-9]{0,9}$/.test(digits) && Number(digits) <= largestInt ? Number(digits) : null
}

/** The id of what has this slug or sku; null where nothing has. */
async function idNamed({ kinds }: Storage, noun: Noun, name: string): Promise<number | null> {
  switch (noun) {
    case 'product':
      return one(kinds.productBySlug, canonicalSlug(name))
    case 'variant':
      return (await one(kinds.variantBySku, canonicalSku(name)))?.id ?? null
    case 'category':
      return one(kinds.categoryBySlug, canonicalSlug(name))
    case 'review':
      return null
  }
}

async function storedAs(storage: Storage, noun: Noun, name: string, id: number | null): Promise<Stored[]> {
  const { kinds } = storage
  const numbered = (of: number | null, ...all: Entries<number>[]): Stored[] =>
    of === null ? [] : all.map((kind) => entry(storage, kind, of))
  const named = (kind: Entries<string>, of: string | null): Stored[] => (of === null ? [] : [entry(storage, kind, of)])
  const groups = (of: number | null, ...all: ((id: number) => string)[]): Stored[] =>
    of === null ? [] : all.map((group) => group(of)).map((group) => inCache(storage, groupName(storage, group)))

  switch (noun) {
    case 'product': {
      const slug = id === null ? canonicalSlug(name) : ((await one(kinds.product, id))?.slug ?? null)
      const product = id ?? (await one(kinds.productBySlug, slug))
      return [
        ...numbered(product, kinds.product, kinds.pricing, kinds.productCategories, kinds.rating),
        ...named(kinds.productBySlug, slug),
        ...groups(product, productVariants, productReviews),
      ]
    }
    case 'variant': {
      const sku = id === null ? canonicalSku(name) : ((await one(kinds.variant, id))?.sku ?? null)
      const variant = id ?? (await one(kinds.variantBySku, sku))?.id ?? null
      return [...numbered(variant, kinds.variant), ...named(kinds.variantBySku, sku)]
    }
    case 'category': {
      const slug = id === null ? canonicalSlug(name) : ((await one(kinds.category, id))?.slug ?? null)
      const category = id ?? (await one(kinds.categoryBySlug, slug))
      return [
        ...numbered(category, kinds.category, kinds.categoryAncestors),
        ...named(kinds.categoryBySlug, slug),
        ...groups(category, childrenOf, categoryProducts, subtreeProducts),
      ]
    }
    case 'review':
      return numbered(id, kinds.review)
  }
}

/** What is stored under a name, whatever it is. */
export function storedUnder(storage: Storage, name: string): Stored {
  const { kinds } = storage
  const [kindName, id = ''] = name.split(':')
  const numbered: readonly Entries<number>[] = [
    kinds.product,
    kinds.pricing,
    kinds.productCategories,
    kinds.rating,
    kinds.variant,
    kinds.category,
    kinds.categoryAncestors,
    kinds.review,
  ]
  const named: readonly Entries<string>[] = [kinds.productBySlug, kinds.categoryBySlug, kinds.variantBySku]
  const found = [
    ...numbered.filter((kind) => kind.name === kindName).map((kind) => entry(storage, kind, Number(id))),
    ...named.filter((kind) => kind.name === kindName).map((kind) => entry(storage, kind, id)),
  ]
  return found.find((each) => each.name === name) ?? inCache(storage, name)
}

function entry<Id>({ cache }: Storage, kind: Entries<Id>, id: Id): Stored {
  return { name: cache.nameOf(kind.key(id)), inspect: () => kind.inspect(id) }
}

function inCache({ cache }: Storage, name: string): Stored {
  return { name, inspect: () => cache.inspect(name) }
}

function groupName({ cache }: Storage, group: string): string {
  return cache.nameOf(cache.groupKey(group))
}

/** A value from the database; null where there is none. */
async function one<Id, Value>(kind: Pick<Kind<Id, Value>, 'reread'>, id: Id | null): Promise<Value | null> {
  if (id === null) return null
  const [value = null] = await kind.reread([id])
  if (value instanceof Error) throw value
  return value
}
