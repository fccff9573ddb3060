import type { Listener } from './events.ts'
import { isWriters, type OutcomeOf, type Store, type Transition } from './store.ts'
import { TickBatcher } from './tick-batcher.ts'

/**
 * Sends transitions to the store, and tells of it. What readers ask for in one tick, of any kind and for any request, goes
 * in one round trip; what writers ask for goes at once, under the deadline of writers.
 */
export class Transitions {
  readonly #store: Store
  readonly #listener: Listener
  readonly #ticks: TickBatcher<Transition[], OutcomeOf<Transition>[]>

  constructor(store: Store, listener: Listener) {
    this.#store = store
    this.#listener = listener
    this.#ticks = new TickBatcher(
      listener,
      (): Transition[] => [],
      (transitions, listeners) => this.#send(transitions, listeners),
    )
  }

  /**
   * All are of one side, readers' or writers', as the store wants them. Every key settles on its own, with an Error where
   * its outcome is not known. Never rejects.
   */
  async apply<T extends Transition>(transitions: readonly T[], observer?: Listener): Promise<OutcomeOf<T>[]> {
    const [first] = transitions
    if (first === undefined) return []
    if (isWriters(first)) {
      return this.#send(transitions, observer === undefined ? [this.#listener] : [this.#listener, observer])
    }
    const { items, answer } = this.#ticks.join(observer)
    const from = items.length
    items.push(...transitions)
    return (await answer).slice(from, from + transitions.length) as OutcomeOf<T>[]
  }

  async #send<T extends Transition>(
    transitions: readonly T[],
    listeners: readonly Listener[],
  ): Promise<OutcomeOf<T>[]> {
    const begun = performance.now()
    const outcomes = await this.#store.apply(transitions)
    const ms = performance.now() - begun
    const operation = transitions[0]?.do ?? 'acquire'
    const bytes = transitions.reduce((sum, each) => sum + (each.do === 'fill' ? each.value.json.length : 0), 0)
    const command = { type: 'command', operation, keys: transitions.length, bytes, ms } as const
    const error = outcomes.find((outcome) => outcome instanceof Error)
    for (const tell of listeners) {
      if (error !== undefined) tell({ type: 'error', operation, error })
      tell(command)
    }
    return outcomes
  }
}
