import { excuseFor, type Excuse, type Troubled } from './excuse.ts'
import type { Interval } from './history.ts'
import { Rising } from './rising.ts'
import type { Outcome } from './row.ts'

interface Operation<State> {
  readonly number: number
  readonly state: State
  /** Whom it was asked of; null for a change from outside. */
  readonly process: string | null
  readonly begun: number
  ended: number | null
  outcome: Outcome | null
  /** Since when every reader must see it, or what came after it. */
  certainFrom: number | null
}

/** What is to be said about a read of a slot. */
export type SlotFinding = 'fine' | 'impossible' | 'back in time' | Excuse

/**
 * A thing without a version of its own, such as a review or a product's place in lists: one client changes it at a time,
 * each change a whole state. What a read may show is the last state that was certain before it began, or any after that.
 */
export class Slot<State> {
  /** When its thing came to be, where that was while it was watched. */
  created: Interval | undefined
  #operations: Operation<State>[] = []
  #count = 0
  /** The number of the change that reads of an entry have shown at least, by the entry. */
  readonly #seen = new Map<string, Rising>()

  constructor(first: State, at: number) {
    this.settle(first, at)
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

  /** @param process whom the change is asked of; null for a change from outside */
  begin(state: State, at: number, process: string | null): void {
    if (!this.settled) throw new Error('a change began before the one before it was settled')
    this.#add({ state, process, begun: at, ended: null, outcome: null, certainFrom: null })
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
    this.#add({ state, process: null, begun: at, ended: at, outcome: 'done', certainFrom: at })
  }

  /** The states that a read of this time may show, the certain one first. */
  candidates(interval: Interval): State[] {
    return this.#candidates(interval).map(({ state }) => state)
  }

  /**
   * Judges what a read shows.
   * @param entry what is read: what holds for all reads of one entry does not hold across entries
   * @param fits whether the read shows a thing in this state
   */
  read(entry: string, interval: Interval, fits: (state: State) => boolean, troubled: Troubled): SlotFinding {
    const shown = this.#candidates(interval).filter(({ state }) => fits(state))
    const [lowest, highest] = [shown[0], shown.at(-1)]
    if (lowest === undefined || highest === undefined) return 'impossible'
    const seen = this.#seen.get(entry) ?? new Rising(0, -Infinity)
    const before = seen.at(interval.begun)
    seen.raise(lowest.number, interval.ended)
    this.#seen.set(entry, seen)
    if (highest.number >= before) return 'fine'
    const suspects = this.#operations.filter(({ number }) => number > highest.number && number <= before)
    return excuseFor(suspects, interval.ended, troubled) ?? 'back in time'
  }

  #candidates({ begun, ended }: Interval): Operation<State>[] {
    const certain = this.#operations.findLastIndex(({ certainFrom }) => certainFrom !== null && certainFrom <= begun)
    return this.#operations.slice(Math.max(certain, 0)).filter((operation, i) => i === 0 || operation.begun < ended)
  }

  #add(operation: Omit<Operation<State>, 'number'>): void {
    this.#count += 1
    this.#operations.push({ number: this.#count, ...operation })
  }

  get #last(): Operation<State> {
    return this.#operations.at(-1) as Operation<State>
  }
}

const keptMs = 120_000
