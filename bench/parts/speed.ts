import type { Bench } from '../bench.ts'
import { load, percentile } from '../load.ts'
import type { Stand } from '../stand.ts'
import { items, type Item } from '../work.ts'

/** What one server took for one kind of request, in one round. */
export interface Sample {
  readonly server: string
  readonly item: string
  readonly round: number
  readonly answered: number
  /** CPU time of the server's process, and of its Redis, a request. */
  readonly cpuMicros: number
  readonly redisCpuMicros: number
  readonly redisCommands: number
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
}

/** Lists that are asked for once: more than a server answers in one round, and where it answers more, the round is shorter. */
export function freshLists({ roundMs }: Bench['options']): number {
  return Math.min(8000, roundMs * 6)
}

/** Warm requests in rounds: every server once in each, so that whatever else the machine does meets all of them alike. */
export async function measureSpeed(bench: Bench, stands: readonly Stand[]): Promise<Sample[]> {
  const { options, work, tell } = bench
  for (const stand of stands) {
    await warm(stand, bench)
    tell(`warmed ${stand.peer.name}`)
  }
  const samples: Sample[] = []
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const item of items) {
      const fresh = item === 'Q4'
      const count = fresh ? freshLists(options) : options.requests
      const questions = work.draw(item, count, fresh ? 1000 + round : 1)
      for (const stand of inTurn(stands, round)) {
        const requests = questions.map((question) => stand.request(question))
        const sample = await measure(stand, { ...options, item, round, requests, again: !fresh })
        // the first round is for the compiler
        if (round > 0) samples.push(sample)
      }
    }
    tell(`round ${round} of ${options.rounds}`)
  }
  return samples
}

/** Loads one server once. */
export async function measure(
  stand: Stand,
  given: {
    readonly item: string
    readonly round: number
    readonly requests: readonly Buffer[]
    readonly again: boolean
    readonly connections: number
    readonly roundMs: number
    readonly perSecond?: number
  },
): Promise<Sample> {
  const { item, round, requests, again, connections, roundMs, perSecond } = given
  const [cpu, redis] = await Promise.all([stand.cpuMicros(), stand.redis.use()])
  const { answered, seconds, latencies } = await load({
    ports: stand.ports,
    requests,
    connections,
    again,
    durationMs: roundMs,
    perSecond,
  })
  const [cpuAfter, redisAfter] = await Promise.all([stand.cpuMicros(), stand.redis.use()])
  return {
    server: stand.peer.name,
    item,
    round,
    answered,
    cpuMicros: (cpuAfter - cpu) / answered,
    redisCpuMicros: (redisAfter.cpuMicros - redis.cpuMicros) / answered,
    redisCommands: (redisAfter.commands - redis.commands) / answered,
    requestsPerSecond: answered / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  }
}

/** Brings everything that will be asked for into the cache, as far as the server has one. */
export async function warm(stand: Stand, { options, work }: Bench, which: readonly Item[] = items): Promise<void> {
  if (!stand.peer.caches) return
  const questions = [
    ...(which.includes('Q4') ? work.everything() : []),
    ...which.flatMap((item) => work.draw(item, item === 'Q4' ? 32 : options.requests, 1)),
  ]
  const different = new Map(questions.map((question) => [JSON.stringify(question), question]))
  const requests = [...different.values()].map((question) => stand.request(question))
  // twice on each process: some keep what comes back, or what they have read rather than what they have stored
  for (const port of [...stand.ports, ...stand.ports])
    await load({ ports: [port], requests, connections: options.connections })
}

function inTurn<Any>(all: readonly Any[], round: number): Any[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}
