import type { FastifyPluginAsync } from 'fastify'
import { picture } from '../pictures/picture.ts'

/** `/pictures/<name>`: the drawings of the sample data. A name always means the same drawing. */
export const pictureRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { name: string } }>('/pictures/:name', (request, reply) => {
    const svg = picture(request.params.name)
    if (svg === null) return reply.callNotFound()
    return reply
      .type('image/svg+xml')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .header('access-control-allow-origin', '*')
      .send(svg)
  })
  await Promise.resolve()
}
