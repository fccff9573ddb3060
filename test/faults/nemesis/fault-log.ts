import type { Troubled } from '../judge/excuse.ts'
import type { Interval } from '../judge/history.ts'

/** A fault as it happened. */
export interface FaultRecord {
  readonly kind: string
  /** The process it concerns; null where it concerns all. */
  readonly process: string | null
  /** Whether a hold may be lost by it. */
  readonly concernsHolds: boolean
  readonly begun: number
  ended: number | null
}

// a process may need so long, in ms, to find its way back after a fault has ended
const graceMs = 5000

/** Which faults there have been, and which there are at this moment. */
export class FaultLog {
  readonly records: FaultRecord[] = []

  begin(fault: Pick<FaultRecord, 'kind' | 'process' | 'concernsHolds'>, at: number): FaultRecord {
    const record = { ...fault, begun: at, ended: null }
    this.records.push(record)
    return record
  }

  end(record: FaultRecord, at: number): void {
    record.ended = at
  }

  /** The kinds of the faults that were there at any time of an interval, or had just ended; `none` where there were none. */
  during(process: string, { begun, ended }: Interval): string[] {
    const kinds = this.records
      .filter((each) => concerns(each, process) && overlaps(each, { begun, ended }, graceMs))
      .map(({ kind }) => kind)
    return kinds.length === 0 ? ['none'] : [...new Set(kinds)]
  }

  readonly troubled: Troubled = (process, interval) =>
    this.records.some((each) => each.concernsHolds && concerns(each, process) && overlaps(each, interval, graceMs))

  /** How often each kind has happened. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { kind } of this.records) counts[kind] = (counts[kind] ?? 0) + 1
    return counts
  }
}

function concerns(record: FaultRecord, process: string): boolean {
  return record.process === null || record.process === process
}

function overlaps(record: FaultRecord, { begun, ended }: Interval, grace: number): boolean {
  return record.begun < ended && (record.ended === null || record.ended + grace > begun)
}
