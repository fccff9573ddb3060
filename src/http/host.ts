import type { FastifyInstance } from 'fastify'
import { errorBody } from './errors.ts'

// a name or an address, and perhaps a port: anything else that a URL may have before its path leads elsewhere
const form = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/**
 * Refuses requests that name no host, or what cannot be one, and schemes that a proxy has made up: answers hold urls of
 * pictures that lie under them.
 */
export function refuseOddHosts(app: FastifyInstance): void {
  // nearly all requests name the same
  let known = ''
  app.addHook('preHandler', ({ protocol, host }, reply, done) => {
    const origin = `${protocol}://${host}/`
    const fault = origin === known ? null : faultOf(protocol, host)
    if (fault !== null) {
      reply.code(400).send(errorBody('BAD_REQUEST', fault))
      return
    }
    known = origin
    done()
  })
}

function faultOf(protocol: string, host: string): string | null {
  if (!/^https?$/.test(protocol)) {
    return `Expected the header X-Forwarded-Proto to be http or https, but received ${JSON.stringify(protocol)}`
  }
  if (form.test(host) && URL.canParse(`${protocol}://${host}/`)) return null
  return `Expected the header Host to name a host, but received ${host ? JSON.stringify(host) : 'none'}`
}
