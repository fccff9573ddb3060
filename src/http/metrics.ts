import { createHash, timingSafeEqual } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import type { Metrics } from '../observe/index.ts'
import { errorBody, handleErrors } from './errors.ts'

export interface MetricsAccess {
  readonly metrics: Metrics
  /** What whoever asks must send as a bearer token; null where none is asked for. */
  readonly token: string | null
  /** Whether other machines may ask without a token. */
  readonly open: boolean
}

/** `/metrics`: with the token, where there is one; else for programs on this machine, unless it is open to all. */
export function metricsRoutes({ metrics, token, open }: MetricsAccess): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', async (request, reply) => {
      if (token !== null) {
        if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
          reply.code(401).header('www-authenticate', 'Bearer')
          return errorBody('UNAUTHENTICATED', 'Send METRICS_TOKEN as a bearer token')
        }
      } else if (!open && !isFromHere(request)) {
        reply.code(403)
        return errorBody('FORBIDDEN', 'Metrics are for this machine alone: set METRICS_TOKEN, or METRICS_PORT')
      }
      return reply
        .type(metrics.contentType)
        .header('cache-control', 'no-store')
        .send(await metrics.text())
    })
    await Promise.resolve()
  }
}

/** A server for metrics alone, for a port that only those who collect them can reach. */
export async function createMetricsApp(access: Omit<MetricsAccess, 'open'>): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true })
  handleErrors(app)
  await app.register(metricsRoutes({ ...access, open: true }))
  return app
}

/** A proxy on this machine that passes a request of another one on says so. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const isLoopback = address === '::1' || address.startsWith('127.')
  return isLoopback && !('x-forwarded-for' in headers || 'forwarded' in headers || 'x-real-ip' in headers)
}

/** Compares digests, so that the time it takes tells nothing. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
