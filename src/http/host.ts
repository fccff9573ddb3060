import type { FastifyInstance } from 'fastify'
import { errorBody } from './errors.ts'

/** Refuses requests that name no host, or what cannot be one: answers hold urls of pictures that lie under it. */
export function refuseOddHosts(app: FastifyInstance): void {
  // nearly all requests name the same
  let known = ''
  app.addHook('preHandler', ({ protocol, host }, reply, done) => {
    const origin = `${protocol}://${host}/`
    if (origin === known || (host && URL.canParse(origin))) {
      known = origin
      done()
      return
    }
    const received = host ? JSON.stringify(host) : 'none'
    reply.code(400).send(errorBody('BAD_REQUEST', `Expected the header Host to name a host, but received ${received}`))
  })
}
