import type { Moment } from './changes.ts'
import type { Dependencies, Needs } from './dependencies.ts'
import type { Listener } from './events.ts'
import type { Near } from './store.ts'

export const responseKind = 'response'

/** To look at more is not much cheaper than to execute the request. */
const mostDependencies = 1000

/** Keeps finished responses for as long as everything that they were built from stands. */
export interface Responses {
  /** Null where it is not known what it was built from, or that is too much. */
  keep(dependencies: Dependencies, body: string): KeptResponse | null
}

export interface ResponsesOptions {
  readonly near: Near
  readonly listener: Listener
  readonly trusted: () => boolean
}

export function createResponses(options: ResponsesOptions): Responses {
  return {
    keep(dependencies, body) {
      const { needs } = dependencies
      if (needs === null || needs.keys.size > mostDependencies) return null
      options.listener({ type: 'fill', kind: responseKind, count: 1 })
      return new KeptResponse(options, needs, body)
    },
  }
}

/**
 * # Why a kept response is as fresh as the entries it was built from
 *
 * It holds the keys of every entry and generation that was read for it, and the moment when the first of them was. Each was
 * read at that moment or later, and stood then. If none of them has been held or evicted since, up to a moment after a
 * request began, then reading all of them now would find what the response was built from: a value is replaced only by way
 * of a hold or an eviction. A load that was under way when a write began lost its lease to that write's hold, which counts
 * as a change of its key. It expires when the first of its entries does.
 */
export class KeptResponse {
  readonly body: Buffer
  /** About how much memory it takes, in bytes. */
  readonly size: number
  readonly #options: ResponsesOptions
  readonly #needs: Needs
  /** The last moment when it was known to stand. */
  #stood: Moment

  constructor(options: ResponsesOptions, needs: Needs, body: string) {
    this.body = Buffer.from(body)
    this.size = this.body.length + 64 * needs.keys.size
    this.#options = options
    this.#needs = needs
    this.#stood = needs.since
  }

  /** Whether it answers a request that began at this moment, on the clock of performance.now(). */
  stands(begunAt: number): boolean {
    const { near, listener, trusted } = this.#options
    const { keys, expiresAt } = this.#needs
    const isKnown = trusted() && near.knownUntil >= begunAt
    const stands = isKnown && expiresAt > performance.now() && near.changes.noneSince(this.#stood, keys)
    if (stands) this.#stood = near.changes.now ?? this.#stood
    listener({ type: stands ? 'hit' : 'outdated', kind: responseKind, count: 1 })
    return stands
  }
}
