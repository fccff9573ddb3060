import type { Moment } from './changes.ts'
import type { Listener } from './events.ts'
import type { Store } from './store.ts'
import { TickBatcher } from './tick-batcher.ts'

/** What one round trip found. */
export interface View {
  /** The stored form of a key that was asked for; null where there is nothing. */
  get(key: string): string | null
  /** The life that a key was read in; null where what was read may not be trusted. */
  life(key: string): string | null
  /** Everything that had changed before this moment shows in it; null where that is not known. */
  readonly moment: Moment | null
}

/** The place of each key in what is sent. */
type Places = Map<string, number>

/** Reads from the store: whatever is read in one tick goes in one round trip. */
export class MergedReads {
  readonly #store: Store
  readonly #ticks: TickBatcher<Places, View>

  constructor(store: Store, listener: Listener) {
    this.#store = store
    this.#ticks = new TickBatcher(
      listener,
      () => new Map(),
      (places, listeners) => this.#send(places, listeners),
    )
  }

  /** @throws where the store does not answer */
  read(keys: Iterable<string>, observer: Listener | undefined): Promise<View> {
    const { items: places, answer } = this.#ticks.join(observer)
    for (const key of keys) if (!places.has(key)) places.set(key, places.size)
    return answer
  }

  async #send(places: Places, listeners: readonly Listener[]): Promise<View> {
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
