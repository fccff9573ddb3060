import type { Interval } from './history.ts'
import type { Outcome } from './row.ts'

interface Operation<State> {
  readonly state: State
  readonly begun: number
  ended: number | null
  outcome: Outcome | null
  /** Since when every reader must see it, or what came after it. */
  certainFrom: number | null
}

/**
 * A thing without a version of its own, such as a review or a product's place in lists: one client changes it at a time,
 * each change a whole state. What a read may show is the last state that was certain before it began, or any after that.
 */
export class Slot<State> {
  #operations: Operation<State>[]

  /** When its thing came to be, where that was while it was watched. */
  created: Interval | undefined

  constructor(first: State, at: number) {
    this.#operations = [{ state: first, begun: at, ended: at, outcome: 'done', certainFrom: at }]
  }

  /** Whether the last change has come to an end that leaves no doubt, so that the next may begin. */
  get settled(): boolean {
    return this.#last.certainFrom !== null
  }

  /** Since when the last change waits to become certain; null where it does not, or is still under way. */
  get unsettledSince(): number | null {
    return this.settled ? null : this.#last.ended
  }

  /** Since when the last change is certain; null where it is not. */
  get certainSince(): number | null {
    return this.#last.certainFrom
  }

  /** How the last change came out; null while it is under way. */
  get outcome(): Outcome | null {
    return this.#last.outcome
  }

  /** What the last change leads to. */
  get state(): State {
    return this.#last.state
  }

  begin(state: State, at: number): void {
    if (!this.settled) throw new Error('a change began before the one before it was settled')
    this.#operations.push({ state, begun: at, ended: null, outcome: null, certainFrom: null })
    const certain = this.#operations.findLastIndex(
      ({ certainFrom }) => certainFrom !== null && certainFrom < at - keptMs,
    )
    if (certain > 0) this.#operations.splice(0, certain)
  }

  end(outcome: Outcome, at: number): void {
    const operation = this.#last
    operation.ended = at
    operation.outcome = outcome
    if (outcome === 'done') operation.certainFrom = at
    if (outcome === 'refused') this.#operations.pop()
  }

  /** What the database holds, with every eviction made: settles a change of which nobody knew, or which was pending. */
  settle(state: State, at: number): void {
    this.#operations.push({ state, begun: at, ended: at, outcome: 'done', certainFrom: at })
  }

  /** The states that a read of this time may show, the certain one first. */
  candidates({ begun, ended }: Interval): State[] {
    const certain = this.#operations.findLastIndex(({ certainFrom }) => certainFrom !== null && certainFrom <= begun)
    return this.#operations
      .slice(Math.max(certain, 0))
      .filter((operation, i) => i === 0 || operation.begun < ended)
      .map(({ state }) => state)
  }

  get #last(): Operation<State> {
    return this.#operations.at(-1) as Operation<State>
  }
}

const keptMs = 120_000
