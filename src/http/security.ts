import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

export interface SecurityOptions {
  /** Sites whose pages may read answers, as `https://shop.example`. */
  readonly corsOrigins: readonly string[]
  /** Whether Apollo Sandbox is served, and may ask from its own site. */
  readonly sandbox: boolean
}

const sandboxSite = 'https://studio.apollographql.com'

/** What the page of Sandbox loads: it comes from Apollo's hosts, and shows itself in a frame. */
const sandboxPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' https://*.cdn.apollographql.com",
  "style-src 'self' 'unsafe-inline' https://*.cdn.apollographql.com https://fonts.googleapis.com",
  'font-src https://fonts.gstatic.com',
  "img-src 'self' data: https://*.cdn.apollographql.com",
  'manifest-src https://*.cdn.apollographql.com',
  'frame-src https://*.embed.apollographql.com',
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers that keep browsers from doing with an answer what it is not meant for. Routes with pages widen the policy. */
export async function secure(app: FastifyInstance, { corsOrigins, sandbox }: SecurityOptions): Promise<void> {
  const policy = {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    // pictures are shown on other sites
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // for plugins and browsers that are no more; each header is paid for with every response
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  } satisfies HelmetOptions
  const forPages = headersOf(policy)
  // an answer to a POST is no page, and no part of one
  const forData = headersOf({
    ...policy,
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    referrerPolicy: false,
    xFrameOptions: false,
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.method === 'POST' ? forData : forPages)
    done()
  })
  const sites = [...corsOrigins, ...(sandbox ? [sandboxSite] : [])]
  await app.register(cors, {
    // what no page of another site asks for is spared the headers for it
    origin: (origin, tell) => tell(null, origin === undefined ? false : sites),
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'x-larder-trace',
      'x-request-id',
      'traceparent',
    ],
    exposedHeaders: 'etag, x-cache, x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset',
    maxAge: 600,
  })
}

/** What helmet puts into every response: always the same, so it is asked once. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  helmet(options)(response.req, response, () => {})
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]))
}

/** Lets the page of Sandbox load what it needs, and nothing else on these routes. */
export function widenForSandbox(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html') === true
    if (isPage) reply.header('content-security-policy', sandboxPolicy)
    done()
  })
}
