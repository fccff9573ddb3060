import type { FastifyPluginAsync } from 'fastify'

/** How a dependency is doing; a reason where it is not well. */
export interface DependencyHealth {
  readonly ok: boolean
  readonly reason?: string
}

export interface Health {
  /** How changes travel from the database to the cache: what waits to be delivered, and since when. */
  database(): Promise<DependencyHealth & { readonly outbox?: { readonly rows: number; readonly oldestMs: number } }>
  cache(): DependencyHealth
}

/** `/livez`: the process answers. `/readyz`: it can serve; a cache that is away makes it slower, not unready. */
export function healthRoutes(health: Health): FastifyPluginAsync {
  return async (app) => {
    app.get('/livez', () => ({ status: 'ok' }))
    app.get('/readyz', async (_request, reply) => {
      const database = await health.database()
      return reply
        .code(database.ok ? 200 : 503)
        .send({ status: database.ok ? 'ok' : 'unavailable', database, cache: health.cache() })
    })
    await Promise.resolve()
  }
}
