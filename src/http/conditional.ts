import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/**
 * Lets caches outside keep an answer to a GET, as long as they ask each time whether it still holds: a strong ETag, and
 * 304 without a body where it does. An answer to somebody in particular is theirs alone. No cache keeps an answer to a
 * POST that does not say for how long (RFC 9110, 9.3.3).
 */
export function answerConditionally(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.method === 'POST') return done(null, payload)
    const isPrivate = request.headers.authorization !== undefined
    reply
      .header('cache-control', isPrivate ? 'private, no-cache' : 'no-cache')
      .header('vary', 'authorization, origin, accept')
    if (request.method !== 'GET' || reply.statusCode !== 200 || !isBody(payload)) return done(null, payload)
    const etag = `"${createHash('sha256').update(payload).digest('base64url')}"`
    reply.header('etag', etag)
    if (!matches(request.headers['if-none-match'], etag)) return done(null, payload)
    reply.code(304).removeHeader('content-length')
    done(null, null)
  })
}

function isBody(payload: unknown): payload is string | Buffer {
  return typeof payload === 'string' || Buffer.isBuffer(payload)
}

function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()))
}
