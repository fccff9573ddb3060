import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'

/** Adds to counters that all instances share, and answers with what they have come to, as far as that is known. */
export type SumCounts = (counts: ReadonlyMap<string, number>, ttlMs: number) => Promise<ReadonlyMap<string, number>>

export interface RateLimitOptions {
  /** Requests a minute for each client. */
  readonly most: number
  /** Who a request comes from. */
  readonly clientOf: (request: FastifyRequest) => string
  /** Without it every instance counts for itself. */
  readonly sumCounts?: SumCounts | undefined
}

const windowMs = 60_000
const reconcileMs = 500
const mostClients = 50_000

/**
 * Limits how many requests a client sends in each minute of the clock. A request is counted here and now; what instances
 * have counted is added up in the background, so that no request waits for it. Between two reconciliations clients of
 * several instances may thus send a little more.
 */
export async function limitRate(app: FastifyInstance, options: RateLimitOptions): Promise<void> {
  const counters = new Counters(options.sumCounts)
  await app.register(rateLimit, {
    max: options.most,
    timeWindow: windowMs,
    enableDraftSpec: true,
    keyGenerator: options.clientOf,
    // the package makes the store by itself, and wants another for each route
    store: class {
      incr(client: string, tell: (error: Error | null, result: { current: number; ttl: number }) => void): void {
        tell(null, counters.count(client, Date.now()))
      }
      child() {
        return this
      }
    },
    errorResponseBuilder: (_request, { max, ttl }) =>
      Object.assign(new Error(`A client may send ${max} requests a minute: wait ${Math.ceil(ttl / 1000)} seconds`), {
        statusCode: 429,
      }),
  })
  const timer = setInterval(() => void counters.reconcile(), reconcileMs).unref()
  app.addHook('onClose', () => {
    clearInterval(timer)
    return Promise.resolve()
  })
}

/** Requests of each client in the current minute: what is known of all instances, and what was counted here since. */
export class Counters {
  readonly #sumCounts: SumCounts | undefined
  readonly #counts = new LRUCache<string, { known: number; fresh: number }>({ max: mostClients })
  #reconciling = false

  constructor(sumCounts: SumCounts | undefined) {
    this.#sumCounts = sumCounts
  }

  count(client: string, now: number): { current: number; ttl: number } {
    const minute = Math.floor(now / windowMs)
    const name = `rate:${minute}:${client}`
    const count = this.#counts.get(name) ?? { known: 0, fresh: 0 }
    count.fresh += 1
    this.#counts.set(name, count)
    return { current: count.known + count.fresh, ttl: (minute + 1) * windowMs - now }
  }

  /** Tells what was counted since the last time, and learns what others have counted. */
  async reconcile(): Promise<void> {
    if (this.#sumCounts === undefined || this.#reconciling) return
    this.#reconciling = true
    const told = new Map(
      [...this.#counts.entries()].flatMap(([name, { fresh }]) => (fresh > 0 ? [[name, fresh] as const] : [])),
    )
    const sums = await this.#sumCounts(told, 2 * windowMs)
    for (const [name, sum] of sums) {
      const count = this.#counts.peek(name)
      if (count === undefined) continue
      count.known = sum
      count.fresh -= told.get(name) ?? 0
    }
    this.#reconciling = false
  }
}
