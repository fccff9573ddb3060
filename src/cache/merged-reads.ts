import type { Listener } from './events.ts'
import type { Store } from './store.ts'

/** What one round trip found. */
export interface View {
  /** The stored form of a key that was asked for; null where there is nothing. */
  get(key: string): string | null
  /** The life that a key was read in; null where what was read may not be trusted. */
  life(key: string): string | null
}

interface Round {
  readonly keys: Set<string>
  readonly observers: Set<Listener>
  readonly view: Promise<View>
}

/** Merges whatever is read in one tick, by any kind and any request, into one round trip. */
export class MergedReads {
  readonly #store: Store
  readonly #listener: Listener
  #round: Round | undefined

  constructor(store: Store, listener: Listener) {
    this.#store = store
    this.#listener = listener
  }

  /** @throws where the store does not answer */
  read(keys: Iterable<string>, observer: Listener | undefined): Promise<View> {
    this.#round ??= this.#open()
    for (const key of keys) this.#round.keys.add(key)
    if (observer !== undefined) this.#round.observers.add(observer)
    return this.#round.view
  }

  #open(): Round {
    const keys = new Set<string>()
    const observers = new Set<Listener>()
    const view = new Promise<View>((resolve, reject) => {
      process.nextTick(() => {
        this.#round = undefined
        this.#send([...keys], [this.#listener, ...observers]).then(resolve, reject)
      })
    })
    return { keys, observers, view }
  }

  async #send(keys: readonly string[], listeners: readonly Listener[]): Promise<View> {
    const begun = performance.now()
    try {
      const { values, lives } = await this.#store.read(keys)
      const ms = performance.now() - begun
      const bytes = values.reduce((sum, value) => sum + (value?.length ?? 0), 0)
      const command = { type: 'command', operation: 'read', keys: keys.length, bytes, ms } as const
      for (const tell of listeners) tell(command)
      const places = new Map(keys.map((key, i) => [key, i]))
      return {
        get: (key) => values[places.get(key) ?? -1] ?? null,
        life: (key) => lives[places.get(key) ?? -1] ?? null,
      }
    } catch (error) {
      for (const tell of listeners) tell({ type: 'error', operation: 'read', error: error as Error })
      throw error
    }
  }
}
