import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Cache } from '../cache/index.ts'
import type { Resolvers } from '../generated/graphql.ts'
import type { Epochs } from '../database/cache-server.ts'
import type { Database } from '../database/client.ts'
import type { Writer } from '../database/writer.ts'
import { affectedKeys, readChangeContext } from './affected.ts'
import { categoryMutations, categoryPayload } from './category/mutations.ts'
import { categoryQueries, categoryResolvers } from './category/resolvers.ts'
import type { Change, ChangeContext } from './changes.ts'
import { connectionResolvers } from './connection/resolvers.ts'
import type { CatalogEvent, Causes } from './events.ts'
import { imageResolvers } from './image.ts'
import { createKinds, type CatalogKinds } from './kinds.ts'
import { nodeQueries, nodeResolvers } from './node/resolvers.ts'
import { productMutations, productPayload } from './product/mutations.ts'
import { productQueries, productResolvers } from './product/resolvers.ts'
import { reviewMutations, reviewPayload } from './review/mutations.ts'
import { reviewResolvers, reviewSummaryResolvers } from './review/resolvers.ts'
import { requireScope } from './require-scope.ts'
import { scalars } from './scalars.ts'
import { variantMutations, variantPayload } from './variant/mutations.ts'
import { variantResolvers } from './variant/resolvers.ts'
import { createWrite, type Write } from './write.ts'

export { isByHand, type Change } from './changes.ts'
export type { CatalogContext } from './context.ts'
export { Causes, type CatalogEvent, type Cause, type EvictionEvent, type WriteListener } from './events.ts'
export { observers, type Batch, type BatchObserver, type RequestObserver, type WriteObserver } from './observer.ts'
export { createKinds, type CatalogKinds } from './kinds.ts'
export { largestPage, standardPage } from './connection/page.ts'
export { allRead, whenRead, type Maybe } from './maybe.ts'
export { DeadlineError, Reader } from './reader.ts'
export { evictByHand } from './evict-by-hand.ts'
export { nouns, storedOf, storedUnder, type Noun, type Stored } from './stored.ts'
export type { Scope, Viewer } from './viewer.ts'
export { NotHeldError, type Transaction } from './write.ts'

/** The catalog over one cache and one database. */
export interface Catalog {
  readonly kinds: CatalogKinds
  /** Where entries are kept. */
  readonly store: 'memory' | 'redis'
  /**
   * Every cache key that these changed rows touch. Reads from the database what the rows do not say.
   * @param causes records which row touches which key
   */
  affectedKeys(changes: readonly Change[], causes?: Causes): Promise<string[]>
  readonly write: Write
}

export interface CatalogOptions {
  readonly cache: Cache
  readonly database: Database
  readonly writer: Writer
  /** Names this process among those that share the cache. */
  readonly instance: string
  /** The epochs in which it uses the cache at this moment; those of its store by default. */
  readonly epochs?: () => Epochs
  /** Whether a write is refused where the cache cannot be told before it is made; false by default. */
  readonly strict?: boolean
  /** How long a write's transaction may take, in ms; 5 s by default. */
  readonly transactionTimeoutMs?: number
  /** How long the answer to a write waits until others have evicted what it changed, in ms; 10 s by default. */
  readonly deliveryTimeoutMs?: number
  /** Is told what writes do. */
  readonly listener?: (event: CatalogEvent) => void
}

export function createCatalog(options: CatalogOptions): Catalog {
  const {
    cache,
    database,
    writer,
    instance,
    strict = false,
    transactionTimeoutMs = 5000,
    deliveryTimeoutMs = 10_000,
  } = options
  const kinds = createKinds(cache, database.prisma)
  const names = { kinds, group: (name: string) => cache.groupKey(name) }
  const affected = (changes: readonly Change[], context: ChangeContext, causes?: Causes): string[] =>
    affectedKeys(changes, context, names, causes?.add)
  return {
    kinds,
    store: cache.store.name,
    affectedKeys: async (changes, causes) => affected(changes, await readChangeContext(database, changes), causes),
    write: createWrite({
      cache,
      writer,
      readContext: readChangeContext,
      affectedKeys: affected,
      instance,
      epochs: options.epochs ?? (() => cache.store.epochs()),
      strict,
      transactionTimeoutMs,
      deliveryTimeoutMs,
      listener: options.listener ?? (() => {}),
    }),
  }
}

/** The schema as it lies beside each noun. */
export function readTypeDefs(): string[] {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql'))
  return files.toSorted().map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
}

export const resolvers: Resolvers = {
  ...scalars,
  Query: { ...nodeQueries, ...productQueries, ...categoryQueries },
  Mutation: requireScope((field) => (field in reviewMutations ? 'reviews:write' : 'catalog:write'), {
    ...productMutations,
    ...variantMutations,
    ...categoryMutations,
    ...reviewMutations,
  }),
  ProductCreatePayload: productPayload,
  ProductUpdatePayload: productPayload,
  VariantCreatePayload: variantPayload,
  VariantUpdatePayload: variantPayload,
  InventoryAdjustPayload: variantPayload,
  CategoryCreatePayload: categoryPayload,
  CategoryUpdatePayload: categoryPayload,
  ReviewCreatePayload: reviewPayload,
  ReviewUpdatePayload: reviewPayload,
  Node: nodeResolvers,
  Product: productResolvers,
  ProductVariant: variantResolvers,
  Category: categoryResolvers,
  Review: reviewResolvers,
  ReviewSummary: reviewSummaryResolvers,
  Image: imageResolvers,
  ProductConnection: connectionResolvers,
  ProductVariantConnection: connectionResolvers,
  CategoryConnection: connectionResolvers,
  ReviewConnection: connectionResolvers,
}
