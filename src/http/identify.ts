import type { FastifyInstance } from 'fastify'
import type { Identify, Refusal } from '../auth/tokens.ts'
import type { Viewer } from '../catalog/index.ts'
import { statusOfCode } from '../graphql/errors.ts'
import { errorBody } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. Null before that is known. */
    viewer: Viewer | null
  }
}

/** Says of every request who asks, and answers those itself whose token does not hold. */
export function identifyRequests(app: FastifyInstance, identify: Identify): void {
  app.decorateRequest('viewer', null)
  app.addHook('onRequest', (request, reply, done) => {
    const admit = (viewer: Viewer | Refusal): void => {
      if (!('refused' in viewer)) {
        request.viewer = viewer
        done()
        return
      }
      const { refused, message } = viewer
      if (refused === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer error="invalid_token"')
      else reply.header('retry-after', '1')
      reply.code(statusOfCode[refused] ?? 500).send(errorBody(refused, message))
    }
    const viewer = identify(request.headers.authorization)
    if (viewer instanceof Promise) viewer.then(admit, done)
    else admit(viewer)
  })
}
