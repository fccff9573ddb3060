import type { Moment } from './changes.ts'
import type { Listener } from './events.ts'
import type { Store } from './store.ts'

/** What one round trip found. */
export interface View {
  /** The stored form of a key that was asked for; null where there is nothing. */
  get(key: string): string | null
  /** The life that a key was read in; null where what was read may not be trusted. */
  life(key: string): string | null
  /** Everything that had changed before this moment shows in it; null where that is not known. */
  readonly moment: Moment | null
}

interface Round {
  /** The place of each key in what is sent. */
  readonly places: Map<string, number>
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
    const { places } = this.#round
    for (const key of keys) if (!places.has(key)) places.set(key, places.size)
    if (observer !== undefined) this.#round.observers.add(observer)
    return this.#round.view
  }

  #open(): Round {
    const places = new Map<string, number>()
    const observers = new Set<Listener>()
    const view = new Promise<View>((resolve, reject) => {
      process.nextTick(() => {
        this.#round = undefined
        this.#send(places, [this.#listener, ...observers]).then(resolve, reject)
      })
    })
    return { places, observers, view }
  }

  async #send(places: ReadonlyMap<string, number>, listeners: readonly Listener[]): Promise<View> {
    const keys = [...places.keys()]
    const begun = performance.now()
    try {
      const { values, lives, moment, fetched } = await this.#store.read(keys)
      const ms = performance.now() - begun
      const command = { type: 'command', operation: 'read', keys: fetched.keys, bytes: fetched.characters, ms } as const
      for (const tell of listeners) tell(command)
      return {
        get: (key) => values[places.get(key) ?? -1] ?? null,
        life: (key) => lives[places.get(key) ?? -1] ?? null,
        moment,
      }
    } catch (error) {
      for (const tell of listeners) tell({ type: 'error', operation: 'read', error: error as Error })
      throw error
    }
  }
}
