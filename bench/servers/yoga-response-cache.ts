import { createServer } from 'node:http'
import { createRedisCache } from '@envelop/response-cache-redis'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { createSchema, createYoga } from 'graphql-yoga'
import { Redis } from 'ioredis'
import { Reader } from './catalog/reader.ts'
import { resolvers, type Context } from './catalog/resolvers.ts'
import { connectRows } from './catalog/rows.ts'
import { typeDefs } from './catalog/sdl.ts'
import { environment, ttlSeconds } from './environment.ts'

// whole answers, with the ids of what is in them; a mutation's answer names what to invalidate

const { load, rename } = connectRows(environment.databaseUrl)
const yoga = createYoga<object, Context>({
  schema: createSchema<Context>({ typeDefs, resolvers }),
  context: () => ({ reader: new Reader(load), rename }),
  plugins: [
    useResponseCache({
      session: () => null,
      ttl: ttlSeconds * 1000,
      cache: createRedisCache({ redis: new Redis(environment.redisUrl, { enableAutoPipelining: true }) }),
    }),
  ],
})
createServer((request, response) => void yoga(request, response)).listen(environment.port, '127.0.0.1')
