import type { Unavailability } from './availability.ts'
import type { Violation } from './judge/judge.ts'

/** What came out of a run, or of several taken together. */
export interface Totals {
  readonly ms: number
  /** Reads judged: one for each row, list, sum and lookup of an answer. */
  readonly reads: number
  /** Requests of clients, reads and writes. */
  readonly requests: number
  /** Answers that were served whole, without being executed. */
  readonly served: number
  readonly readsBySort: Readonly<Record<string, number>>
  readonly writes: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly violations: number
  readonly firstViolations: readonly Violation[]
  readonly excused: Readonly<Record<string, number>>
  readonly unavailability: Readonly<Record<string, Unavailability>>
  /** Of writes from outside: ms from their COMMIT until they were delivered. */
  readonly deliveryMs: readonly number[]
  /** Errors that no fault explains, and how often they came. */
  readonly oddities: Readonly<Record<string, number>>
  /** Resident memory of each process, in MB, once it is warm and at the end; null while it does not run. */
  readonly rssMb: {
    readonly atStart: Readonly<Record<string, number | null>>
    readonly atEnd: Readonly<Record<string, number | null>>
  }
}

/** Two runs as one, the memory being that of the first at its start and of the last at its end. */
export function add(one: Totals, two: Totals): Totals {
  return {
    ms: one.ms + two.ms,
    reads: one.reads + two.reads,
    requests: one.requests + two.requests,
    served: one.served + two.served,
    readsBySort: sums(one.readsBySort, two.readsBySort),
    writes: sums(one.writes, two.writes),
    faults: sums(one.faults, two.faults),
    violations: one.violations + two.violations,
    firstViolations: [...one.firstViolations, ...two.firstViolations].slice(0, 20),
    excused: sums(one.excused, two.excused),
    unavailability: worse(one.unavailability, two.unavailability),
    deliveryMs: [...one.deliveryMs, ...two.deliveryMs],
    oddities: sums(one.oddities, two.oddities),
    rssMb: { atStart: one.rssMb.atStart, atEnd: two.rssMb.atEnd },
  }
}

function sums(one: Readonly<Record<string, number>>, two: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...one }
  for (const [key, value] of Object.entries(two)) sum[key] = (sum[key] ?? 0) + value
  return sum
}

function worse(one: Totals['unavailability'], two: Totals['unavailability']): Totals['unavailability'] {
  const both: Record<string, Unavailability> = { ...one }
  for (const [kind, { requests, failed, longestMs }] of Object.entries(two)) {
    const before = both[kind] ?? { requests: 0, failed: 0, longestMs: 0 }
    both[kind] = {
      requests: before.requests + requests,
      failed: before.failed + failed,
      longestMs: Math.max(before.longestMs, longestMs),
    }
  }
  return both
}
