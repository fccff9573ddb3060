import { excuseFor, type Excuse, type Troubled } from './excuse.ts'
import type { Interval } from './history.ts'
import { Rising } from './rising.ts'

/** A row as a read or an answer shows it: its version and, as one text, all that changes with it. */
export interface Seen {
  readonly version: number
  readonly value: string
}

/** How a write came out for the one who made it. Only `done` promises anything to readers. */
export type Outcome = 'done' | 'pending' | 'refused' | 'unknown'

/** A write of a row, from its invocation on. */
export interface RowWrite {
  /** What only this write writes. */
  readonly mark: string | null
  readonly begun: number
  /** Whom it was asked of; null for a write from outside. */
  readonly process: string | null
  ended: number | null
  outcome: Outcome | null
}

export type Finding =
  | { readonly is: 'fine' }
  | { readonly is: 'excused'; readonly because: Excuse }
  | { readonly is: 'violation'; readonly kind: RowViolation; readonly message: string }

export type RowViolation = 'STALE' | 'BACK IN TIME' | 'WRONG VALUE'

/**
 * Judges reads of one row that many write at once. The database raises its version by one with every change, so versions
 * are the order of its writes, and each has one value. A write is known by its mark, a text that no other write writes and
 * that every write replaces; writes without one, as of a counter, are known by their number alone.
 */
export class Row {
  readonly #first: number
  readonly #acknowledged: Rising
  readonly #seen: Rising
  readonly #values = new Map<number, string>()
  readonly #versionOfMark = new Map<string, number>()
  readonly #troubled: Troubled
  #writes: RowWrite[] = []
  #done = 0

  constructor(first: Seen, at: number, troubled: Troubled) {
    this.#first = first.version
    this.#acknowledged = new Rising(first.version, at)
    this.#seen = new Rising(first.version, at)
    this.#values.set(first.version, first.value)
    this.#troubled = troubled
  }

  /** @param process whom it was asked of; null for a write from outside */
  begin(mark: string | null, process: string | null, at: number): RowWrite {
    const write: RowWrite = { mark, process, begun: at, ended: null, outcome: null }
    this.#writes.push(write)
    if (this.#writes.length > 2 * keptWrites) this.#writes = this.#writes.slice(-keptWrites)
    return write
  }

  /**
   * A write was answered, or was given up.
   * @param shown the row as the answer shows it: this write's, or a later one that another write made meanwhile
   */
  end(write: RowWrite, at: number, outcome: Outcome, shown: Seen | null): Finding {
    write.ended = at
    write.outcome = outcome
    const finding = shown === null ? fine : this.read(shown, { begun: write.begun, ended: at })
    if (outcome !== 'done') return finding
    this.#done += 1
    const own = write.mark === null ? undefined : this.#versionOfMark.get(write.mark)
    const made = own ?? this.#acknowledged.at(write.begun) + 1
    // so many answered writes have made so many versions, and the last of these is one of them
    this.#acknowledged.raise(Math.max(made, this.#first + this.#done), at)
    if (shown !== null && shown.version < made && finding.is !== 'violation') {
      return violation('STALE', `an answered write shows version ${shown.version}, but made ${made} at least`)
    }
    return finding
  }

  /** The database has this row, and every eviction that led to it has been made. */
  delivered(current: Seen, at: number): Finding {
    const finding = this.#learn(current)
    this.#acknowledged.raise(current.version, at)
    return finding
  }

  read(shown: Seen, interval: Interval): Finding {
    const wrong = this.#learn(shown)
    const { version } = shown
    const floor = this.#acknowledged.at(interval.begun)
    const seen = this.#seen.at(interval.begun)
    this.#seen.raise(version, interval.ended)
    if (wrong.is === 'violation') return wrong
    if (version < floor) {
      return violation('STALE', `version ${version} was read, but ${floor} had been acknowledged before the read began`)
    }
    if (version >= seen) return fine
    const because = this.#excuse(version, seen, interval)
    if (because !== null) return { is: 'excused', because }
    return violation('BACK IN TIME', `version ${version} was read, but ${seen} had been read before the read began`)
  }

  #learn({ version, value }: Seen): Finding {
    const known = this.#values.get(version)
    if (known === value) return fine
    if (known !== undefined) {
      return violation('WRONG VALUE', `version ${version} is "${known}", but "${value}" was read as that`)
    }
    this.#values.set(version, value)
    this.#values.delete(version - keptVersions)
    const marked = this.#writes.filter((write): write is RowWrite & { mark: string } => write.mark !== null)
    const write = marked.find(({ mark }) => value.includes(mark))
    if (write !== undefined) this.#versionOfMark.set(write.mark, version)
    else if (marked.length > 0) return violation('WRONG VALUE', `version ${version} is "${value}", which nobody wrote`)
    return fine
  }

  /** The writes that led from what was read to what had been seen; where their versions are not known, those under way. */
  #excuse(version: number, seen: number, { begun, ended }: Interval): Excuse | null {
    const suspects = this.#writes.filter((write) => {
      const made = write.mark === null ? undefined : this.#versionOfMark.get(write.mark)
      const underWay = write.begun < ended && (write.ended === null || write.ended > begun || write.outcome !== 'done')
      return underWay && (made === undefined || (made > version && made <= seen))
    })
    return excuseFor(suspects, ended, this.#troubled)
  }
}

const keptWrites = 500
const keptVersions = 2000
const fine: Finding = { is: 'fine' }

function violation(kind: RowViolation, message: string): Finding {
  return { is: 'violation', kind, message }
}
