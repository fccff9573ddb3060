import type { FastifyInstance } from 'fastify'
import { errorBody } from './errors.ts'

/**
 * Answers only so many requests at the same time. What comes on top is told at once to try again, which costs next to
 * nothing, so that those which were let in are answered in good time however many come.
 */
export function admit(app: FastifyInstance, most: number): void {
  let underWay = 0
  app.addHook('onRequest', (_request, reply, done) => {
    if (underWay >= most) {
      reply
        .code(503)
        .header('retry-after', '1')
        .send(errorBody('UNAVAILABLE', `The server is answering ${most} requests already: try again in a second`))
      return
    }
    underWay += 1
    // once, however the answer ends, and also where the client went away
    reply.raw.once('close', () => {
      underWay -= 1
    })
    done()
  })
}
