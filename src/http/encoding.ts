import type { FastifyInstance } from 'fastify'
import { errorBody } from './errors.ts'

/** Refuses bodies that are compressed: they would be found to be no JSON, which says nothing of the reason. */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, reply, done) => {
    const encoding = headers['content-encoding'] ?? 'identity'
    if (encoding.toLowerCase() === 'identity') return done()
    const message = `Send the request uncompressed, without Content-Encoding, but received ${JSON.stringify(encoding)}`
    reply.code(415).header('accept-encoding', 'identity').send(errorBody('BAD_REQUEST', message))
  })
}
