import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/**
 * Lets caches outside keep an answer to a GET, as long as they ask each time whether it still holds: a strong ETag, and
 * 304 without a body where it does. An answer to somebody in particular is theirs alone.
 */
export function answerConditionally(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    await Promise.resolve()
    const isPrivate = request.headers.authorization !== undefined
    reply
      .header('cache-control', isPrivate ? 'private, no-cache' : 'no-cache')
      .header('vary', 'authorization, origin, accept')
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const etag = `"${createHash('sha256').update(payload).digest('base64url')}"`
    reply.header('etag', etag)
    if (!matches(request.headers['if-none-match'], etag)) return payload
    reply.code(304).removeHeader('content-length')
    return null
  })
}

function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()))
}
