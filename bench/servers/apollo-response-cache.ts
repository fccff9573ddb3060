import { ApolloServer } from '@apollo/server'
import responseCachePlugin from '@apollo/server-plugin-response-cache'
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl'
import { KeyvAdapter } from '@apollo/utils.keyvadapter'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import KeyvRedis from '@keyv/redis'
import fastify from 'fastify'
import { Keyv } from 'keyv'
import { Reader } from './catalog/reader.ts'
import { resolvers, type Context } from './catalog/resolvers.ts'
import { connectRows } from './catalog/rows.ts'
import { typeDefs } from './catalog/sdl.ts'
import { environment, ttlSeconds } from './environment.ts'

// Apollo's own cache of whole answers: it has a time to live, and no way to invalidate

const { load, rename } = connectRows(environment.databaseUrl)
const app = fastify()
const apollo = new ApolloServer<Context>({
  typeDefs,
  resolvers,
  // the adapter's types are those of the other module format, where the same class counts as another
  cache: new KeyvAdapter(new Keyv({ store: new KeyvRedis(environment.redisUrl) }) as never),
  plugins: [
    fastifyApolloDrainPlugin(app),
    ApolloServerPluginCacheControl({ defaultMaxAge: ttlSeconds }),
    responseCachePlugin(),
  ],
})
await apollo.start()
await app.register(fastifyApollo(apollo), { context: () => Promise.resolve({ reader: new Reader(load), rename }) })
await app.listen({ port: environment.port, host: '127.0.0.1' })
