import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Dependencies, type Cache, type Keeper, type Freshness } from '../cache/index.ts'
import type { OperationRun } from '../observe/index.ts'
import { AskedBefore } from './asked-before.ts'
import { UnderWay } from './under-way.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** All that its answer depends on besides the catalog, as text; null where no answer to it is kept. */
    asked: string | null
    /** What its answer is being built from; null where it is not going to be kept. */
    dependencies: Dependencies | null
    /** Tells those who ask the same that it has been executed, and whether in vain; null where nobody can wait for it. */
    executed: ((inVain: boolean) => void) | null
    /** When it began, if every change that was made before is known: on the clock of performance.now(). */
    begunAt: number | null
  }
}

/** The part of the cache that answers whole requests. */
export interface KeepingCache extends Pick<Cache, 'catchUp' | 'waitMs'> {
  readonly keeper: Keeper
}

/** A request that was executed here before, and so has passed every check that its text decides. */
interface Known {
  readonly run: OperationRun
  readonly contentType: string
  readonly body: Buffer
  readonly freshness: Freshness
}

/** A request on its way to being served or executed. */
interface Looking {
  readonly asked: string
  readonly begunAt: number
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly done: (error?: Error) => void
}

/** Memory for requests and their answers, in bytes. */
const mostMemory = 64 * 1024 * 1024
const longestText = 16 * 1024
const longestAnswer = 256 * 1024

/**
 * Serves a request that has been answered before without executing it, wherever everything that its answer was built from
 * still stands in the cache. It is recognised by its bytes, before anything is parsed, and only where it was executed by
 * this process: so its operation is known to be valid, within the limits, and registered where it must be. Who asks, and
 * how often, has been decided by then.
 *
 * What is asked once is not kept: lists that nobody asks for again would fill the memory. Of those who ask the same at the
 * same time one is executed, and the others wait for its answer.
 */
export function serveKeptResponses(app: FastifyInstance, { catchUp, keeper, waitMs }: KeepingCache): void {
  const known = new LRUCache<string, Known>({
    maxSize: mostMemory,
    sizeCalculation: ({ body, freshness }, asked) => 2 * asked.length + body.length + freshness.size,
  })
  const before = new AskedBefore()
  const underWay = new UnderWay()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.decorateRequest('asked', null)
  app.decorateRequest('begunAt', null)
  app.decorateRequest('dependencies', null)
  app.decorateRequest('executed', null)

  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    request.asked = askedBy(request, text)
    // parsed only if it has to be executed
    if (request.asked !== null && known.has(request.asked)) done(null, text)
    else void parse(request, text, done)
  })

  app.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET') request.asked = askedBy(request, '')
    const { asked } = request
    if (asked === null || !mayBeQuery(asked)) return done()
    const looking = { asked, begunAt: performance.now(), request, reply, done }
    request.begunAt = looking.begunAt
    void catchUp().then(() => answer(looking))
  })

  function answer(looking: Looking): void {
    const { asked, begunAt, request, reply } = looking
    const found = known.get(asked)
    if (found === undefined) return waitOrExecute(looking, found)
    const isFresh = found.freshness.isFresh(begunAt)
    keeper.tell(isFresh ? 'hit' : 'outdated', 1)
    if (!isFresh) return waitOrExecute(looking, found)
    request.asked = null
    request.tally.served(found.run)
    reply.type(found.contentType).header('x-cache', 'HIT').send(found.body)
  }

  function waitOrExecute(looking: Looking, found: Known | undefined): void {
    const { asked, begunAt } = looking
    // it could not be kept
    if (asked.length > longestText) return execute(looking)
    const end = underWay.endOf(asked)
    // as long as a read waits for a load elsewhere
    const leftMs = begunAt + waitMs - performance.now()
    if (end === undefined || leftMs <= 0) return executeForAll(looking, found)
    void Promise.race([end, sleep(leftMs, false, { ref: false })]).then((inVain) =>
      // one after the other would have to wait, each for the one before
      inVain ? executeForAll(looking, found) : answer(looking),
    )
  }

  function executeForAll(looking: Looking, found: Known | undefined): void {
    const { asked, request } = looking
    request.executed = underWay.begin(asked)
    // what was asked before is kept this time
    if (found !== undefined || before.met(asked)) request.dependencies = new Dependencies()
    execute(looking)
  }

  function execute({ request, done }: Looking): void {
    if (typeof request.body !== 'string') return done()
    void parse(request, request.body, (error: Error | null, body: unknown) => {
      request.body = body
      done(error ?? undefined)
    })
  }

  // whatever becomes of a request that is executed, and of its client: an answer is sent
  app.addHook('onSend', (request, reply, payload, done) => {
    done(null, payload)
    const { dependencies, executed } = request
    const isKept = dependencies !== null && keep(request, reply, payload, dependencies)
    executed?.(dependencies !== null && !isKept)
  })

  function keep(request: FastifyRequest, reply: FastifyReply, payload: unknown, dependencies: Dependencies): boolean {
    const { asked, tally } = request
    const { run, hits, misses } = tally
    if (asked === null || typeof payload !== 'string' || payload.length > longestAnswer) return false
    if (reply.statusCode !== 200 || run.operationType !== 'query' || tally.code !== null) return false
    // what reads nothing is not worth a question to the store
    if (hits + misses === 0) return false
    const freshness = keeper.keep(dependencies)
    if (freshness === null) return false
    const contentType = String(reply.getHeader('content-type'))
    known.set(asked, { run, contentType, body: Buffer.from(payload), freshness })
    keeper.tell('fill', 1)
    return true
  }
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
