import type { FaultLog } from './nemesis/fault-log.ts'
import type { Interval } from './judge/history.ts'

/** How requests fared while a kind of fault was there, or had just ended. */
export interface Unavailability {
  requests: number
  failed: number
  /** The longest time, in ms, in which a process answered nothing though it was asked. */
  longestMs: number
}

/** Counts failed requests by the faults of their time: a failure is never a violation. */
export class Availability {
  readonly byFault: Record<string, Unavailability> = {}
  readonly #outages = new Map<string, { since: number; kinds: readonly string[] }>()
  readonly #faults: FaultLog

  constructor(faults: FaultLog) {
    this.#faults = faults
  }

  record(process: string, interval: Interval, answered: boolean): void {
    const kinds = this.#faults.during(process, interval)
    for (const kind of kinds) {
      const entry = this.#entry(kind)
      entry.requests += 1
      if (!answered) entry.failed += 1
    }
    const outage = this.#outages.get(process)
    if (!answered) {
      if (outage === undefined) this.#outages.set(process, { since: interval.begun, kinds })
      return
    }
    // an answer to a request that was sent before the outage began says nothing about its end
    if (outage === undefined || interval.begun < outage.since) return
    this.#outages.delete(process)
    for (const kind of outage.kinds) {
      const entry = this.#entry(kind)
      entry.longestMs = Math.max(entry.longestMs, Math.round(interval.ended - outage.since))
    }
  }

  #entry(kind: string): Unavailability {
    return (this.byFault[kind] ??= { requests: 0, failed: 0, longestMs: 0 })
  }
}
