import { Connection } from './connection.ts'
import { generator } from './draw.ts'

export interface LoadOptions {
  readonly ports: readonly number[]
  /** Whole requests, as bytes. */
  readonly requests: readonly Buffer[]
  readonly connections: number
  /** When to stop; without it, once every request has been answered. */
  readonly durationMs?: number
  /** Whether to start over at the end of the requests. */
  readonly again?: boolean
  /**
   * How many requests arrive in a second, at random moments and whatever becomes of those before them (an open loop). They
   * take as long as since they arrived. Without it, each connection asks as soon as it is answered.
   */
  readonly perSecond?: number | undefined
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
  const { ports, requests, connections, durationMs = Infinity, again = false, perSecond } = options
  const lines = await Promise.all(
    Array.from({ length: connections }, (_, i) => Connection.open(ports[i % ports.length] ?? 0)),
  )
  const latencies: number[] = []
  let next = 0
  const begun = performance.now()
  const end = begun + durationMs
  const arrival = perSecond === undefined ? null : arrivals(perSecond, begun, end)
  async function work(line: Connection): Promise<void> {
    for (;;) {
      const sent = arrival === null ? performance.now() : await arrival()
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

/** Waits for one arrival after the other, of which the moments are drawn from the exponential distribution. */
function arrivals(perSecond: number, begun: number, end: number): () => Promise<number> {
  const random = generator(1)
  let due = begun
  let before = Promise.resolve(begun)
  return () => {
    const at = (due -= (Math.log(1 - random()) / perSecond) * 1000)
    return (before = before.then(async () => {
      if (at > end) return at
      // a timer would let those of a whole millisecond arrive together
      while (performance.now() < at) await new Promise(setImmediate)
      return at
    }))
  }
}

/** What lies under so much of all values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
