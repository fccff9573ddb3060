import { readFileSync } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

const assets = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/home.css', file: 'home.css', type: 'text/css; charset=utf-8' },
  { path: '/home.js', file: 'home.js', type: 'text/javascript; charset=utf-8' },
  { path: '/favicon.svg', file: 'favicon.svg', type: 'image/svg+xml' },
]

/** `/`: a page to try a query on, for developers. It needs no other host. In production it is a plain hint. */
export function homeRoutes(development: boolean): FastifyPluginAsync {
  return async (app) => {
    if (development) {
      for (const { path, file, type } of assets) {
        const content = readFileSync(new URL(`home/${file}`, import.meta.url))
        app.get(path, (_request, reply) =>
          reply.type(type).header('content-security-policy', csp).header('cache-control', 'no-cache').send(content),
        )
      }
    } else app.get('/', () => ({ name: 'Larder', api: '/graphql' }))
    await Promise.resolve()
  }
}
