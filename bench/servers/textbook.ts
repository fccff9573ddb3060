import { ApolloServer } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import fastify from 'fastify'
import { Redis } from 'ioredis'
import { cachedLoad } from './catalog/cached-load.ts'
import { Reader } from './catalog/reader.ts'
import { resolvers, type Context } from './catalog/resolvers.ts'
import { connectRows } from './catalog/rows.ts'
import { typeDefs } from './catalog/sdl.ts'
import { environment } from './environment.ts'

// cache-aside as textbooks have it: MGET, load what is missing, SET it, and DEL after a write

const redis = new Redis(environment.redisUrl, { enableAutoPipelining: true })
const { load, rename } = connectRows(environment.databaseUrl)
const throughCache = cachedLoad(redis, load)

const context = (): Promise<Context> =>
  Promise.resolve({
    reader: new Reader(throughCache),
    async rename(id, title) {
      const row = await rename(id, title)
      await redis.del(`product:${id}`)
      return row
    },
  })

const app = fastify()
const apollo = new ApolloServer<Context>({ typeDefs, resolvers, plugins: [fastifyApolloDrainPlugin(app)] })
await apollo.start()
await app.register(fastifyApollo(apollo), { context })
await app.listen({ port: environment.port, host: '127.0.0.1' })
