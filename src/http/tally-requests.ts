import type { FastifyInstance } from 'fastify'
import { RequestTally, type RequestEvent, type RequestSpan, type Tracing } from '../observe/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request comes to. */
    tally: RequestTally
    /** Its span; null where nobody traces. */
    span: RequestSpan | null
  }
}

/** Adds up what each request comes to, traces it where somebody does, and tells of it once the answer is sent. */
export function tallyRequests(
  app: FastifyInstance,
  tell: (request: RequestEvent) => void,
  tracing: Tracing | undefined,
): void {
  app.decorateRequest('tally')
  app.decorateRequest('span', null)
  app.addHook('onRequest', (request, reply, done) => {
    request.tally = new RequestTally()
    if (tracing !== undefined) {
      request.span = tracing.begin(request.headers)
      reply.header('traceparent', request.span.traceparent)
    }
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const event = request.tally.event(request.id, reply.statusCode, reply.elapsedTime)
    request.span?.end(event)
    tell(event)
    done()
  })
}
