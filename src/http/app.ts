import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
} from 'fastify'
import type { Identify } from '../auth/tokens.ts'
import type { Cache } from '../cache/index.ts'
import { createContext, type Context, type ContextOptions } from '../graphql/context.ts'
import { createGraphQLServer, type GraphQLOptions } from '../graphql/server.ts'
import { keptResponse, type RequestEvent, type Tracing } from '../observe/index.ts'
import { admit } from './admission.ts'
import { answerConditionally } from './conditional.ts'
import { docsRoutes } from './docs.ts'
import { refuseEncodedBodies } from './encoding.ts'
import { handleErrors } from './errors.ts'
import { healthRoutes, type Health } from './health.ts'
import { homeRoutes } from './home.ts'
import { refuseOddHosts } from './host.ts'
import { identifyRequests } from './identify.ts'
import { serveKeptResponses } from './kept-responses.ts'
import { logRequest } from './log.ts'
import { refuseOtherMethods } from './methods.ts'
import { pictureRoutes } from './pictures.ts'
import { limitRate, type SumCounts } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'
import { tallyRequests } from './tally-requests.ts'
import { secure, widenForSandbox } from './security.ts'

export interface AppOptions extends ContextOptions, Omit<GraphQLOptions, 'plugins' | 'logError' | 'logPending'> {
  /** Open to developers: the page at /, the guides. */
  readonly development: boolean
  readonly log: FastifyBaseLogger
  readonly health: Health
  /** Says who asks. */
  readonly identify: Identify
  /** How large a request may be, in bytes. */
  readonly bodyLimit: number
  /** How many requests are answered at the same time. */
  readonly maxRequests: number
  /** Requests a minute for each client; null for any number. */
  readonly rateLimit: number | null
  /** Adds up what instances have counted for the rate limit. */
  readonly sumCounts?: SumCounts | undefined
  /** What answers requests that were answered before, whole or in parts; without it every request is executed whole. */
  readonly cache?: Pick<Cache, 'catchUp' | 'keeper' | 'waitMs'> | undefined
  /** Sites whose pages may read answers. */
  readonly corsOrigins: readonly string[]
  /** The proxies whose word on the client's address, scheme and host is believed. */
  readonly trustProxy: readonly string[]
  /** Is told of every request to /graphql once it has been answered. */
  readonly onAnswer?: (request: RequestEvent) => void
  /** Traces requests to /graphql. */
  readonly tracing?: Tracing | undefined
  /** Routes of other modules: the console, metrics. */
  readonly routes?: readonly FastifyPluginAsync[]
}

/** The HTTP server with all its routes, not yet listening. Closing it lets requests under way finish. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { development, sandbox, corsOrigins } = options
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit,
    forceCloseConnections: 'idle',
    // a machine that is slow to load what the routes need is no reason not to start
    pluginTimeout: 0,
    // whoever still comes on a connection that stands is answered, and told to open another one elsewhere
    return503OnClosing: false,
    trustProxy: [...options.trustProxy],
    genReqId: requestIdOf,
    // what a request is called stands in each of its lines
    childLoggerFactory: (logger) => logger,
    routerOptions: { ignoreTrailingSlash: true },
  })
  handleErrors(app)
  await secure(app, { corsOrigins, sandbox })
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    // its client would keep the connection, and this process from ending
    if (isClosing) reply.header('connection', 'close')
    done(null, payload)
  })
  await app.register((scope) => graphqlRoutes(scope, options))
  await app.register(healthRoutes(options.health))
  await app.register(pictureRoutes)
  await app.register(homeRoutes(development))
  if (development) await app.register(docsRoutes)
  for (const routes of options.routes ?? []) await app.register(routes)
  return app
}

/** /graphql: who asks is known, and how often they have asked, before Apollo is. */
async function graphqlRoutes(app: FastifyInstance, options: AppOptions): Promise<void> {
  tallyRequests(
    app,
    (request) => {
      options.onAnswer?.(request)
      logRequest(app.log, request)
    },
    options.tracing,
  )
  admit(app, options.maxRequests)
  identifyRequests(app, options.identify)
  if (options.rateLimit !== null) {
    const clientOf = ({ viewer, ip }: FastifyRequest): string => viewer?.subject ?? ip
    await limitRate(app, { most: options.rateLimit, clientOf, sumCounts: options.sumCounts })
  }
  // before an answer may shrink to its ETag
  const { cache } = options
  const keeper = cache?.keeper(keptResponse) ?? null
  if (cache !== undefined && keeper !== null) {
    const { catchUp, waitMs } = cache
    serveKeptResponses(app, { catchUp, keeper, waitMs })
  }
  refuseEncodedBodies(app)
  refuseOtherMethods(app)
  // what is served whole was executed before, under the same host
  refuseOddHosts(app)
  answerConditionally(app)
  if (options.sandbox) widenForSandbox(app)
  const apollo = createGraphQLServer({
    ...options,
    plugins: [fastifyApolloDrainPlugin<Context>(app)],
    logError: (error, requestId) => app.log.error({ err: error, requestId }, 'a request failed'),
    logPending: (requestId) =>
      app.log.warn({ requestId }, 'a write was answered PENDING: others may be served what it replaced for a while'),
  })
  await apollo.start()
  await app.register(fastifyApollo(apollo), {
    path: '/graphql',
    method: ['GET', 'POST'],
    context: (request) => Promise.resolve(contextOf(request, options)),
  })
}

function contextOf(request: FastifyRequest, options: ContextOptions): Context {
  return createContext(options, {
    viewer: request.viewer ?? { authenticated: false, subject: null, scopes: new Set() },
    origin: `${request.protocol}://${request.host}`,
    wantsTrace: request.headers['x-larder-trace'] === '1',
    requestId: request.id,
    tally: request.tally,
    begunAt: request.begunAt ?? performance.now(),
    dependencies: request.dependencies ?? null,
    span: request.span,
  })
}
