import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import { createContext, type Context } from '../graphql/context.ts'
import { createGraphQLServer } from '../graphql/server.ts'
import type { Catalog, Scope, Viewer } from '../catalog/index.ts'
import { docsRoutes } from './docs.ts'
import { handleErrors } from './errors.ts'
import { healthRoutes, type Health } from './health.ts'
import { homeRoutes } from './home.ts'
import { pictureRoutes } from './pictures.ts'

export interface AppOptions {
  readonly catalog: Catalog
  /** The currency of price filters that name none. */
  readonly currency: string
  readonly development: boolean
  readonly logLevel: string
  readonly health: Health
}

/** A request may be this large, in bytes. */
const bodyLimit = 256 * 1024

// until tokens are read, developers may do everything and the public may read what is on sale
const developer: Viewer = {
  authenticated: true,
  scopes: new Set<Scope>(['catalog:write', 'reviews:write', 'catalog:trace']),
}
const reader: Viewer = { authenticated: false, scopes: new Set<Scope>() }

/** The HTTP server with all its routes, not yet listening. Closing it lets requests under way finish. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { catalog, currency, development } = options
  const app = fastify({
    logger: { level: options.logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    forceCloseConnections: 'idle',
    // a proxy in front tells the scheme and host that clients used
    trustProxy: 'loopback',
    routerOptions: { ignoreTrailingSlash: true },
  })
  handleErrors(app)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    return Promise.resolve()
  })
  const apollo = createGraphQLServer({
    development,
    plugins: [fastifyApolloDrainPlugin<Context>(app)],
    logError: (error) => app.log.error(error),
  })
  await apollo.start()
  await app.register(fastifyApollo(apollo), {
    path: '/graphql',
    context: (request) => Promise.resolve(contextOf(request)),
  })
  await app.register(healthRoutes(options.health))
  await app.register(pictureRoutes)
  await app.register(homeRoutes(development))
  if (development) await app.register(docsRoutes)
  return app

  function contextOf(request: FastifyRequest): Context {
    return createContext(catalog, currency, {
      viewer: development ? developer : reader,
      origin: `${request.protocol}://${request.host}`,
      wantsTrace: request.headers['x-larder-trace'] === '1',
    })
  }
}
