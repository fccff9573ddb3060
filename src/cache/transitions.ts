import type { Listener } from './events.ts'
import type { OutcomeOf, Store, Transition } from './store.ts'

/** Sends transitions to the store, and tells of it. */
export class Transitions {
  readonly #store: Store
  readonly #tell: Listener

  constructor(store: Store, tell: Listener) {
    this.#store = store
    this.#tell = tell
  }

  /** In one round trip; every key settles on its own, with an Error where its outcome is not known. */
  async apply<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    const [first] = transitions
    if (first === undefined) return []
    const begun = performance.now()
    const outcomes = await this.#store.apply(transitions)
    const error = outcomes.find((outcome) => outcome instanceof Error)
    const operation = first.do
    if (error !== undefined) this.#tell({ type: 'error', operation, error })
    this.#tell({ type: 'command', operation, keys: transitions.length, ms: performance.now() - begun })
    return outcomes
  }
}
