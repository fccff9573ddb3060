import type { Answer } from './client.ts'

/** What one operation came to. Times in ms. */
export interface Row {
  readonly name: string
  readonly requests: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

// of the latest answers to each operation
const mostTimes = 1000

/** Counts what was asked. */
export class Tally {
  /** Whether the server lets nobody without a token change anything. */
  changesRefused = false
  requests = 0
  /** Entries read by answers that told so, and those of them that came from the cache. */
  reads = 0
  hits = 0
  /** How often each fault was met. */
  readonly faults = new Map<string, number>()
  readonly #operations = new Map<string, { requests: number; failed: number; times: number[] }>()

  add(name: string, { fault, ms, reads }: Pick<Answer, 'fault' | 'ms' | 'reads'>): void {
    const operation = this.#operations.get(name) ?? { requests: 0, failed: 0, times: [] }
    this.#operations.set(name, operation)
    this.requests += 1
    operation.times[operation.requests % mostTimes] = ms
    operation.requests += 1
    if (fault !== null) {
      operation.failed += 1
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    }
    this.reads += reads?.all ?? 0
    this.hits += reads?.hits ?? 0
  }

  /** What was asked most comes first. */
  rows(): Row[] {
    return [...this.#operations]
      .map(([name, { requests, failed, times }]) => {
        const sorted = times.toSorted((one, other) => one - other)
        const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
        return { name, requests, failed, p50: at(0.5), p99: at(0.99) }
      })
      .toSorted((one, other) => other.requests - one.requests)
  }
}
