import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Cache } from '../cache/index.ts'
import type { Resolvers } from '../generated/graphql.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { affectedKeys, readChangeContext } from './affected.ts'
import { categoryQueries, categoryResolvers } from './category/resolvers.ts'
import type { Change } from './changes.ts'
import { imageResolvers } from './image.ts'
import { createKinds, type CatalogKinds } from './kinds.ts'
import { nodeQueries, nodeResolvers } from './node/resolvers.ts'
import { productQueries, productResolvers } from './product/resolvers.ts'
import { reviewResolvers, reviewSummaryResolvers } from './review/resolvers.ts'
import { scalars } from './scalars.ts'
import { variantResolvers } from './variant/resolvers.ts'

export type { Change } from './changes.ts'
export type { CatalogContext } from './context.ts'
export { Reader } from './reader.ts'
export type { Scope, Viewer } from './viewer.ts'

/** The catalog over one cache and one database. */
export interface Catalog {
  readonly kinds: CatalogKinds
  /** Every cache key that these changed rows touch. Reads from the database what the rows do not say. */
  affectedKeys(changes: readonly Change[]): Promise<string[]>
}

export function createCatalog({ cache, prisma }: { cache: Cache; prisma: PrismaClient }): Catalog {
  const kinds = createKinds(cache, prisma)
  return {
    kinds,
    affectedKeys: async (changes) =>
      affectedKeys(changes, await readChangeContext(prisma, changes), { kinds, group: (name) => cache.groupKey(name) }),
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
  Node: nodeResolvers,
  Product: productResolvers,
  ProductVariant: variantResolvers,
  Category: categoryResolvers,
  Review: reviewResolvers,
  ReviewSummary: reviewSummaryResolvers,
  Image: imageResolvers,
}
