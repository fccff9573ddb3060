import type { FastifyPluginAsync } from 'fastify'
import { picture } from '../pictures/picture.ts'

/** A drawing has its style in itself, and needs nothing else where it is opened as a page. */
export const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** `/pictures/<name>`: the drawings of the sample data. A name always means the same drawing. */
export const pictureRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { name: string } }>('/pictures/:name', (request, reply) => {
    const svg = picture(request.params.name)
    if (svg === null) return reply.callNotFound()
    return reply
      .type('image/svg+xml')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-security-policy', drawingPolicy)
      .header('access-control-allow-origin', '*')
      .send(svg)
  })
  await Promise.resolve()
}
