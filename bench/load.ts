import { Connection } from './connection.ts'

export interface LoadOptions {
  readonly ports: readonly number[]
  /** Whole requests, as bytes. */
  readonly requests: readonly Buffer[]
  readonly connections: number
  /** When to stop; without it, once every request has been answered. */
  readonly durationMs?: number
  /** Whether to start over at the end of the requests. */
  readonly again?: boolean
}

export interface LoadResult {
  readonly answered: number
  readonly seconds: number
  /** Milliseconds, in ascending order. */
  readonly latencies: Float64Array
}

/**
 * Asks over and over on so many connections, each with one request under way.
 * @throws for any answer that is not a whole 200 without errors, or does not come within 20 s
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { ports, requests, connections, durationMs = Infinity, again = false } = options
  const lines = await Promise.all(
    Array.from({ length: connections }, (_, i) => Connection.open(ports[i % ports.length] ?? 0)),
  )
  const latencies: number[] = []
  let next = 0
  const begun = performance.now()
  const end = begun + durationMs
  async function work(line: Connection): Promise<void> {
    for (;;) {
      const sent = performance.now()
      if (sent > end || (!again && next >= requests.length)) return
      const body = await line.ask(requests[next++ % requests.length] ?? Buffer.alloc(0))
      latencies.push(performance.now() - sent)
      if (body.includes('"errors":[')) throw new Error(`a request failed: ${body.toString().slice(0, 500)}`)
    }
  }
  try {
    await Promise.all(lines.map(work))
  } finally {
    for (const line of lines) line.close()
  }
  return {
    answered: latencies.length,
    seconds: (performance.now() - begun) / 1000,
    latencies: Float64Array.from(latencies).toSorted(),
  }
}

/** What lies under so much of all values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
