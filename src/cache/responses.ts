import type { Dependencies } from './dependencies.ts'
import type { Listener } from './events.ts'
import type { Keys } from './keys.ts'
import type { Body, ResponseStore, Store } from './store.ts'

/** A finished response, kept with the tokens of everything that it was built from. */
export interface KeptResponse {
  /** The body that was kept last, if all that it was built from stands at this moment. Never rejects. */
  read(): Promise<Body | null>
  /**
   * Keeps a body, where it is known what it was built from, all of that still stands, and it is not too much to look at.
   * Returns whether it did. Never rejects.
   */
  keep(dependencies: Dependencies, body: string): Promise<boolean>
}

/** The response of this name, whether it is kept or not. A name says all that shapes a response besides its entries. */
export type Responses = (name: string) => KeptResponse

export interface ResponsesOptions {
  readonly store: Store
  readonly keys: Keys
  readonly listener: Listener
  readonly trusted: () => boolean
  readonly ttlMs: number
}

export const responseKind = 'response'

/** Redis looks at about a million tokens a second, and does nothing else meanwhile. */
const mostDependencies = 300
const longestBody = 256 * 1024

/** Null where the store cannot look at many keys in one step. */
export function createResponses(options: ResponsesOptions): Responses | null {
  const { store, keys, listener, trusted, ttlMs } = options
  if (store.responses === null) return null
  const kept = store.responses
  const reads = new Reads(kept, listener)
  return (name) => {
    const key = keys.entry(responseKind, [name])
    return {
      read: () => (trusted() ? reads.read(key) : Promise.resolve(null)),
      async keep(dependencies, body) {
        const all = dependencies.all
        if (all === null || all.tokens.size > mostDependencies || body.length > longestBody) return false
        try {
          const stands = await kept.keep(key, { ...all, body }, ttlMs)
          listener({ type: stands ? 'fill' : 'lostFill', kind: responseKind, count: 1 })
          return stands
        } catch (error) {
          listener({ type: 'error', operation: 'keep', error: error as Error })
          return false
        }
      },
    }
  }
}

/** Sends what is asked for while the event loop turns once in one round trip. */
class Reads {
  readonly #store: ResponseStore
  readonly #listener: Listener
  #waiting: { readonly key: string; readonly settle: (body: Body | null) => void }[] = []

  constructor(store: ResponseStore, listener: Listener) {
    this.#store = store
    this.#listener = listener
  }

  read(key: string): Promise<Body | null> {
    return new Promise((settle) => {
      // requests arrive one after the other within a turn, and a round trip costs as much as ten of them
      if (this.#waiting.push({ key, settle }) === 1) setImmediate(() => void this.#send())
    })
  }

  async #send(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    const tell = this.#listener
    const begun = performance.now()
    try {
      const bodies = await this.#store.read(waiting.map(({ key }) => key))
      const ms = performance.now() - begun
      let bytes = 0
      let hits = 0
      bodies.forEach((body) => {
        if (body === null) return
        bytes += body.length
        hits += 1
      })
      tell({ type: 'command', operation: 'serve', keys: waiting.length, bytes, ms })
      if (hits > 0) tell({ type: 'hit', kind: responseKind, count: hits })
      if (hits < waiting.length) tell({ type: 'outdated', kind: responseKind, count: waiting.length - hits })
      waiting.forEach(({ settle }, i) => settle(bodies[i] ?? null))
    } catch (error) {
      tell({ type: 'error', operation: 'serve', error: error as Error })
      for (const { settle } of waiting) settle(null)
    }
  }
}
