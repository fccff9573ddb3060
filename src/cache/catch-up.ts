import type { Listener } from './events.ts'
import type { Store } from './store.ts'

/** Asks a store what has changed, once for all requests that arrive in the same turn of the event loop. */
export class CatchUp {
  readonly #store: Store
  readonly #listener: Listener
  #asked: Promise<void> | undefined

  constructor(store: Store, listener: Listener) {
    this.#store = store
    this.#listener = listener
  }

  /** Resolves once everything is known that changed before, or cannot be known. Never rejects. */
  ask(): Promise<void> {
    const { near, shared } = this.#store
    if (near === null || !shared) return Promise.resolve()
    // requests arrive one after the other within a turn, and a round trip costs as much as ten of them
    this.#asked ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#asked = undefined
        void this.#send(() => near.catchUp()).then(resolve)
      })
    })
    return this.#asked
  }

  async #send(catchUp: () => Promise<void>): Promise<void> {
    const begun = performance.now()
    try {
      await catchUp()
      this.#listener({ type: 'command', operation: 'look', keys: 0, bytes: 0, ms: performance.now() - begun })
    } catch (error) {
      this.#listener({ type: 'error', operation: 'look', error: error as Error })
    }
  }
}
