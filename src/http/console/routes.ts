import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { isWhat, type Console, type Inspector } from '../../console/index.ts'
import { formatError, statusOfCode } from '../../graphql/errors.ts'
import { errorBody } from '../errors.ts'
import type { Identify } from '../../auth/tokens.ts'
import { assetRoutes } from './assets.ts'
import { consoleStreams } from './events.ts'
import { fromPage, isSignedIn, requires, signIn, signOut, viewerOf } from './session.ts'

export interface ConsoleRoutesOptions {
  readonly console: Pick<Console, 'watch'>
  readonly inspector: Inspector
  /** Says who asks. */
  readonly identify: Identify
  /** Whether browsers send the session over https alone, whatever they have signed in over. */
  readonly secure: boolean
}

const mostNames = 500
const longestName = 1000

/** `/console`: a page that shows what the cache does, and what it asks for. The page itself says nothing to anybody. */
export function consoleRoutes(options: ConsoleRoutesOptions): FastifyPluginAsync {
  const { console, inspector, identify, secure } = options
  const mayWatch = requires('catalog:trace', identify)
  // entries are shown whole, those of products too that are not on sale
  const mayInspect = requires('catalog:write', identify)
  return async (app) => {
    await app.register(assetRoutes)
    const streams = consoleStreams(console)
    app.addHook('preClose', () => {
      streams.close()
      return Promise.resolve()
    })
    app.addHook('onSend', async (_request, reply) => {
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
      return Promise.resolve()
    })

    app.get('/console/session', { onRequest: mayWatch }, (request) => ({ signedIn: isSignedIn(request) }))
    app.post('/console/session', { onRequest: fromPage }, (request, reply) => signIn(request, reply, identify, secure))
    app.delete('/console/session', { onRequest: fromPage }, signOut)

    app.get('/console/events', { onRequest: mayWatch }, (request, reply) =>
      streams.open(reply, async () => (await viewerOf(request, identify))?.scopes.has('catalog:trace') ?? false),
    )

    app.get<{ Querystring: Partial<Record<string, string>> }>(
      '/console/inspect',
      { onRequest: [mayWatch, mayInspect] },
      async (request, reply) => {
        const { what = '', name = '' } = request.query
        if (!isWhat(what) || name === '' || name.length > longestName) {
          return reply
            .code(400)
            .send(errorBody('BAD_REQUEST', 'Ask for ?what=product&name=42, or for ?what=key&name=…'))
        }
        try {
          return { subject: what === 'key' ? name : `${what} ${name}`, entries: await inspector.find(what, name) }
        } catch (error) {
          return answerFault(reply, error)
        }
      },
    )

    app.post<{ Body: unknown }>('/console/evict', { onRequest: [fromPage, mayInspect] }, async (request, reply) => {
      const { keys } = (request.body ?? {}) as { keys?: unknown }
      if (!isNames(keys)) {
        return reply.code(400).send(errorBody('BAD_REQUEST', `Send {"keys": […]} with 1 to ${mostNames} names of keys`))
      }
      const other = keys.find((key) => !inspector.isEvictable(key))
      if (other !== undefined) {
        const message = `A key is named like product:42, group:category/7/products or generation:product, but not ${other}`
        return reply.code(400).send(errorBody('BAD_REQUEST', message))
      }
      try {
        return { propagation: await inspector.evict(keys) }
      } catch (error) {
        return answerFault(reply, error)
      }
    })
  }
}

/** Whoever watches is told what is wrong: at such a time it is what they came for. */
async function answerFault(reply: FastifyReply, error: unknown): Promise<void> {
  const { message } = error instanceof Error ? error : new Error(String(error))
  const formatted = formatError({ message }, error)
  const code = String(formatted.extensions?.['code'])
  const isKnown = code !== 'INTERNAL_SERVER_ERROR'
  if (!isKnown) reply.log.warn({ err: error }, 'the console was not answered')
  await reply
    .code(isKnown ? (statusOfCode[code] ?? 500) : 503)
    .send(isKnown ? errorBody(code, formatted.message) : errorBody('UNAVAILABLE', `It cannot be done now: ${message}`))
}

function isNames(keys: unknown): keys is string[] {
  return (
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.length <= mostNames &&
    keys.every((key) => typeof key === 'string' && key.length <= longestName)
  )
}
