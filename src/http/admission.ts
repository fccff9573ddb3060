import type { FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { errorBody } from './errors.ts'

/** A connection, and how many of the requests that came on it are being answered. */
interface Line {
  underWay: number
}

/**
 * Answers only so many requests at the same time. What comes on top is told at once to try again, which costs next to
 * nothing, so that those which were let in are answered in good time however many come.
 */
export function admit(app: FastifyInstance, most: number): void {
  let underWay = 0
  const lines = new WeakMap<Socket, Line>()

  function lineOf(socket: Socket): Line {
    const known = lines.get(socket)
    if (known !== undefined) return known
    const line = { underWay: 0 }
    lines.set(socket, line)
    // of an answer that waited behind another on the same connection nobody else tells that it has nowhere to go
    socket.once('close', () => {
      underWay -= line.underWay
      line.underWay = 0
    })
    return line
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (underWay >= most) {
      reply
        .code(503)
        .header('retry-after', '1')
        .send(errorBody('UNAVAILABLE', `The server is answering ${most} requests already: try again in a second`))
      return
    }
    const line = lineOf(request.raw.socket)
    underWay += 1
    line.underWay += 1
    // once, however the answer ends, and also where the client went away
    reply.raw.once('close', () => {
      if (line.underWay === 0) return
      underWay -= 1
      line.underWay -= 1
    })
    done()
  })
}
