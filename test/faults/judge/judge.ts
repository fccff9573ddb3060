import { judgeList, type CollectionViolation, type ListRead } from './collection.ts'
import type { Counter } from './counter.ts'
import type { Excuse, Troubled } from './excuse.ts'
import { History, type Interval } from './history.ts'
import { Row, type Finding, type RowViolation, type Seen } from './row.ts'
import type { Slot, SlotFinding } from './slot.ts'

/** An answer that breaks a promise, with what led to it. */
export interface Violation {
  readonly kind: RowViolation | CollectionViolation['kind'] | 'WRONG LOOKUP'
  /** What was read wrongly. */
  readonly what: string
  readonly message: string
  readonly process: string
  readonly readsBefore: number
  readonly timeline: readonly string[]
}

/** A read on its way to being judged. */
export interface Observation {
  readonly interval: Interval
  /** Who answered. */
  readonly process: string
}

const keptViolations = 20

/** Judges everything that is read in a run, and counts. */
export class Judge {
  readonly history = new History()
  readonly rows = new Map<string, Row>()
  /** The numbers that are added to, by the key of the row that each is in. */
  readonly counters = new Map<string, Counter>()
  /** Reads judged, by what was read. */
  readonly judged: Record<string, number> = {}
  /** Reads that went back in time where that is not promised against, by why. */
  readonly excused: Record<string, number> = {}
  readonly violations: Violation[] = []
  violationCount = 0
  reads = 0
  readonly #troubled: Troubled
  readonly #onViolation: (violation: Violation) => void

  constructor(troubled: Troubled, onViolation: (violation: Violation) => void) {
    this.#troubled = troubled
    this.#onViolation = onViolation
  }

  addRow(key: string, first: Seen, at: number): void {
    this.rows.set(key, new Row(first, at, this.#troubled))
  }

  row(key: string): Row {
    const row = this.rows.get(key)
    if (row === undefined) throw new Error(`there is no row ${key}`)
    return row
  }

  readRow(key: string, shown: Seen, observation: Observation): void {
    this.#count('row')
    this.noted(key, `read version ${shown.version} "${shown.value}"`, observation)
    this.found(key, this.row(key).read(shown, observation.interval), observation)
  }

  /** A row that always is was not found. */
  missing(key: string, observation: Observation): void {
    this.#count('row')
    this.noted(key, 'was not found', observation)
    this.#violated('WRONG LOOKUP', key, 'it was not found, though nobody deletes it', [key], observation)
  }

  found(key: string, finding: Finding, observation: Observation): void {
    if (finding.is === 'excused') this.#excused(finding.because)
    if (finding.is === 'violation') this.#violated(finding.kind, key, finding.message, [key], observation)
  }

  /** Judges a number that many add to. */
  readCounter(key: string, shown: number, observation: Observation): void {
    const counter = this.counters.get(key)
    if (counter === undefined) return
    this.#count('counter')
    const { least, most } = counter.bounds(observation.interval)
    if (shown >= least && shown <= most) return
    this.#violated('WRONG SUM', key, `it is ${shown}, but must be from ${least} to ${most}`, [key], observation)
  }

  /** Judges a list: who is in it, how many it says there are, their order, and that no member goes back in time. */
  readList<State>(
    what: string,
    slots: ReadonlyMap<string, Slot<State>>,
    list: Omit<ListRead<State>, 'interval'>,
    observation: Observation,
  ): void {
    const { interval } = observation
    this.readCollection('list', what, judgeList(slots, { ...list, interval }), observation)
    const listed = new Set(list.listed)
    for (const [name, slot] of slots) {
      const isListed = listed.has(name)
      const fits = (state: State): boolean => list.isMember.some((test) => test(state) === isListed)
      this.#foundInSlot(
        slot.read(what, interval, fits, this.#troubled),
        `${name} in ${what}`,
        [what, name],
        observation,
      )
    }
  }

  /** Adds what was found about a list or a sum; `what` names it, and is a key of the history beside the members. */
  readCollection(sort: string, what: string, found: readonly CollectionViolation[], observation: Observation): void {
    this.#count(sort)
    for (const { kind, message, names } of found) this.#violated(kind, what, message, [what, ...names], observation)
  }

  /** Judges what a lookup found against the slot of what it may find. */
  readLookup<State>(
    what: string,
    name: string,
    slot: Slot<State>,
    observation: Observation,
    fits: (state: State) => boolean,
  ): void {
    this.#count('lookup')
    const finding = slot.read(what, observation.interval, fits, this.#troubled)
    if (finding === 'impossible') {
      this.#violated('WRONG LOOKUP', what, 'does not fit any state that may be read', [what, name], observation)
    } else this.#foundInSlot(finding, what, [what, name], observation)
  }

  noted(key: string, text: string, { interval, process }: Observation): void {
    const took = (interval.ended - interval.begun).toFixed(0)
    this.history.note(key, interval.ended, text, `from ${process}, begun ${took} ms before`)
  }

  /** What is impossible is a matter of who reads. */
  #foundInSlot(finding: SlotFinding, what: string, keys: readonly string[], observation: Observation): void {
    if (finding === 'fine' || finding === 'impossible') return
    if (finding !== 'back in time') return this.#excused(finding)
    const message = 'a state was read that an earlier read had shown to be over'
    this.#violated('BACK IN TIME', what, message, keys, observation)
  }

  #excused(because: Excuse): void {
    this.excused[because] = (this.excused[because] ?? 0) + 1
  }

  #count(sort: string): void {
    this.reads += 1
    this.judged[sort] = (this.judged[sort] ?? 0) + 1
  }

  #violated(
    kind: Violation['kind'],
    what: string,
    message: string,
    keys: readonly string[],
    { interval, process }: Observation,
  ): void {
    this.violationCount += 1
    if (this.violations.length >= keptViolations) return
    const timeline = this.history.timeline([...keys, 'faults'], interval.ended)
    const violation = { kind, what, message, process, readsBefore: this.reads, timeline }
    this.violations.push(violation)
    this.#onViolation(violation)
  }
}
