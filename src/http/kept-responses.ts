import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Dependencies, type KeptResponse, type Responses } from '../cache/index.ts'
import type { OperationRun } from '../observe/index.ts'
import { UnderWay } from './under-way.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** All that its answer depends on besides the catalog, as text; null where no answer to it is kept. */
    asked: string | null
    /** What its answer is being built from; null where it is not going to be kept. */
    dependencies: Dependencies | null
    /** Its answer is being kept. */
    keeping: Promise<unknown> | null
  }
}

export interface KeptResponsesOptions {
  readonly responses: Responses
  /** Names the code and the configuration that shape an answer: others do not share it. */
  readonly build: string
}

/** A request that was executed here before, and so has passed every check that its text decides. */
interface Known {
  readonly response: KeptResponse
  readonly run: OperationRun
  readonly contentType: string
}

/** A request on its way to being served or executed. */
interface Looking {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly done: (error?: Error) => void
  /** When it no longer waits for another one, on the clock of performance.now(). */
  readonly giveUpAt: number
}

/** How long a request waits for the same one that is being executed, as long as a read waits for a load elsewhere. */
const longestWaitMs = 1000

/** Text of requests to remember, in characters; a few thousand of them. */
const mostText = 8 * 1024 * 1024
const longestText = 16 * 1024

/**
 * Serves a request that has been answered before without executing it, wherever everything that its answer was built from
 * still stands in the cache. It is recognised by its bytes, before anything is parsed, and only where it was executed by
 * this process: so its operation is known to be valid, within the limits, and registered where it must be. Who asks, and
 * how often, has been decided by then.
 *
 * What is asked once is not kept: lists that nobody asks for again would fill the store. Of those who ask the same at the
 * same time one is executed, and the others wait for its answer.
 */
export function serveKeptResponses(app: FastifyInstance, { responses, build }: KeptResponsesOptions): void {
  const known = new LRUCache<string, Known>({
    maxSize: mostText,
    maxEntrySize: longestText,
    sizeCalculation: (_known, asked) => asked.length,
  })
  const underWay = new UnderWay()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.decorateRequest('asked', null)
  app.decorateRequest('dependencies', null)
  app.decorateRequest('keeping', null)

  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    request.asked = askedBy(request, text)
    // parsed only if it has to be executed
    if (request.asked !== null && known.has(request.asked)) done(null, text)
    else void parse(request, text, done)
  })

  app.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET') request.asked = askedBy(request, '')
    if (request.asked === null) return done()
    look(request.asked, { request, reply, done, giveUpAt: performance.now() + longestWaitMs })
  })

  function look(asked: string, given: Looking): void {
    const found = known.get(asked)
    if (found === undefined) return mayBeQuery(asked) ? waitOrExecute(asked, given, undefined) : execute(given)
    void found.response.read().then((body) => {
      if (body === null) return waitOrExecute(asked, given, found)
      const { request, reply } = given
      request.asked = null
      request.tally.served(found.run)
      return reply.type(found.contentType).header('x-cache', 'HIT').send(body)
    })
  }

  function waitOrExecute(asked: string, given: Looking, found: Known | undefined): void {
    const { request, reply, giveUpAt } = given
    const end = underWay.endOf(asked)
    const leftMs = giveUpAt - performance.now()
    if (end !== undefined && leftMs > 0) {
      void Promise.race([end, sleep(leftMs, undefined, { ref: false })]).then(() => look(asked, given))
      return
    }
    const ended = underWay.begin(asked)
    reply.raw.once('close', () => void Promise.resolve(request.keeping).then(ended))
    // what was asked before is kept this time
    if (found !== undefined) request.dependencies = new Dependencies()
    execute(given)
  }

  function execute({ request, done }: Looking): void {
    if (typeof request.body !== 'string') return done()
    void parse(request, request.body, (error: Error | null, body: unknown) => {
      request.body = body
      done(error ?? undefined)
    })
  }

  app.addHook('onSend', (request, reply, payload, done) => {
    done(null, payload)
    const { asked, dependencies, tally } = request
    if (asked === null || typeof payload !== 'string') return
    const { run, hits, misses } = tally
    if (reply.statusCode !== 200 || run.operationType !== 'query' || tally.code !== null) return
    // what reads nothing is not worth a question to the store
    if (hits + misses === 0) return
    if (dependencies !== null) {
      request.keeping = known.peek(asked)?.response.keep(dependencies, payload) ?? null
      return
    }
    const response = responses(nameOf(build, asked))
    known.set(asked, { response, run, contentType: String(reply.getHeader('content-type')) })
  })
}

/** Mutations do not wait for each other here, nor does what nobody can tell before it is parsed. */
function mayBeQuery(asked: string): boolean {
  return asked.startsWith('GET') || (asked.includes('"query"') && !asked.includes('mutation'))
}

/** Null for a request that wants to know how its answer came about, which only executing it tells. */
function askedBy({ method, url, headers, viewer, protocol, host }: FastifyRequest, body: string): string | null {
  if (viewer === null || headers['x-larder-trace'] !== undefined) return null
  const {
    accept,
    'content-type': type,
    'apollo-require-preflight': preflight,
    'x-apollo-operation-name': name,
  } = headers
  const may = [...viewer.scopes].join(' ')
  return [method, url, protocol, host, accept, type, preflight, name, may, body].join('\n')
}

function nameOf(build: string, asked: string): string {
  return createHash('sha256').update(build).update(asked).digest('base64url')
}
