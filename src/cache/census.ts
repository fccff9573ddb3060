import type { Keys } from './keys.ts'
import type { Store } from './store.ts'

/** How many keys were stored of each kind, and when that was known, in ms since the epoch. */
export interface Count {
  readonly at: number
  readonly entries: ReadonlyMap<string, number>
}

const keysPerStep = 5000

/** Counts what is stored, a few thousand keys at a step, so that no step keeps anybody waiting. */
export class Census {
  readonly #store: Store
  readonly #keys: Keys
  #from: string | null = null
  #counting = new Map<string, number>()
  #last: Count | null = null

  constructor(store: Store, keys: Keys) {
    this.#store = store
    this.#keys = keys
  }

  /** Goes on counting. Returns the last count that was complete; null before the first. Never rejects. */
  async step(): Promise<Count | null> {
    try {
      const { keys, next } = await this.#store.scan(this.#from, keysPerStep)
      for (const key of keys) {
        const kind = this.#keys.nameOf(key)?.split(':', 1)[0]
        if (kind !== undefined) this.#counting.set(kind, (this.#counting.get(kind) ?? 0) + 1)
      }
      if (next === null) {
        this.#last = { at: Date.now(), entries: this.#counting }
        this.#counting = new Map()
      }
      this.#from = next
    } catch {
      // begun again once the store answers
      this.#from = null
      this.#counting = new Map()
    }
    return this.#last
  }
}
