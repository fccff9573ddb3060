import type { Listener } from './events.ts'
import { isWriters, type OutcomeOf, type Store, type Transition } from './store.ts'

interface Round {
  readonly transitions: Transition[]
  readonly observers: Set<Listener>
  readonly outcomes: Promise<readonly OutcomeOf<Transition>[]>
}

/**
 * Sends transitions to the store, and tells of it. What readers ask for in one tick, of any kind and for any request, goes
 * in one round trip; what writers ask for goes at once, under the deadline of writers.
 */
export class Transitions {
  readonly #store: Store
  readonly #listener: Listener
  #round: Round | undefined

  constructor(store: Store, listener: Listener) {
    this.#store = store
    this.#listener = listener
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
    this.#round ??= this.#open()
    const { transitions: merged, observers, outcomes } = this.#round
    const from = merged.length
    merged.push(...transitions)
    if (observer !== undefined) observers.add(observer)
    return (await outcomes).slice(from, from + transitions.length) as OutcomeOf<T>[]
  }

  #open(): Round {
    const transitions: Transition[] = []
    const observers = new Set<Listener>()
    const outcomes = new Promise<readonly OutcomeOf<Transition>[]>((resolve) => {
      process.nextTick(() => {
        this.#round = undefined
        resolve(this.#send(transitions, [this.#listener, ...observers]))
      })
    })
    return { transitions, observers, outcomes }
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
