import { createHash } from 'node:crypto'
import fastify, { type FastifyPluginAsync } from 'fastify'
import { Redis } from 'ioredis'
import mercurius from 'mercurius'
import mercuriusCache from 'mercurius-cache'
import { Reader } from './catalog/reader.ts'
import { resolvers, type Context } from './catalog/resolvers.ts'
import { connectRows, type CategoryRow, type ProductRow } from './catalog/rows.ts'
import { typeDefs } from './catalog/sdl.ts'
import { environment, ttlSeconds } from './environment.ts'

// what single resolvers return, with references by which a mutation invalidates; queries compiled on their second run

const { load, rename } = connectRows(environment.databaseUrl)
const app = fastify()
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: { ...resolvers, Node: { resolveType: () => 'Product' } } as never,
  jit: 1,
  context: (): Context => ({ reader: new Reader(load), rename }),
})

const product = (id: number): string => `Product:${id}`
const byArgument = ({ arg }: { arg: { by: { id: string } } }): string => arg.by.id
const byParent = ({ self }: { self: { id: number } }): string => String(self.id)
// the package's documentation calls it source, but what it passes is self
const ofParent = ({ self }: { self: ProductRow }): string[] => [product(self.id)]
// a write repeats the keys of all that it invalidates for each thing that they refer to: the ids themselves, 50 of them,
// came to 290 MB for one title, and the server to a stop
const ofList = ({ arg }: { arg: { ids: readonly string[] } }): string =>
  createHash('sha1').update(arg.ids.join(' ')).digest('base64')

// the types of the package are those of an ES module, which it is not
await app.register(mercuriusCache as unknown as FastifyPluginAsync<Record<string, unknown>>, {
  ttl: ttlSeconds,
  storage: {
    type: 'redis',
    options: { client: new Redis(environment.redisUrl, { enableAutoPipelining: true }), invalidation: true },
  },
  policy: {
    Query: {
      product: {
        key: byArgument,
        references: (_call: unknown, _key: string, row: ProductRow | null) => (row === null ? [] : [product(row.id)]),
      },
      category: { key: byArgument },
      nodes: {
        key: ofList,
        references: (_call: unknown, _key: string, rows: readonly (ProductRow | null)[]) =>
          rows.flatMap((row) => (row === null ? [] : [product(row.id)])),
      },
    },
    Product: {
      categories: { key: byParent, references: ofParent },
      reviewSummary: { key: byParent, references: ofParent },
      reviews: { key: byParent, references: ofParent },
    },
    Category: {
      products: {
        key: ({ self }: { self: CategoryRow }) => String(self.id),
        references: (_call: unknown, _key: string, { nodes }: { nodes: readonly ProductRow[] }) =>
          nodes.map(({ id }) => product(id)),
      },
    },
    Mutation: { productUpdate: { invalidate: (_root: unknown, { id }: { id: string }) => [id] } },
  },
})
await app.listen({ port: environment.port, host: '127.0.0.1' })
