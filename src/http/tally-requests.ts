import type { FastifyInstance } from 'fastify'
import { RequestTally, type RequestEvent } from '../observe/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request comes to. */
    tally: RequestTally
  }
}

/** Adds up what each request comes to, and tells of it once the answer is sent. */
export function tallyRequests(app: FastifyInstance, tell: (request: RequestEvent) => void): void {
  app.decorateRequest('tally')
  app.addHook('onRequest', (request, _reply, done) => {
    request.tally = new RequestTally()
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    tell(request.tally.event(request.id, reply.statusCode, reply.elapsedTime))
    done()
  })
}
