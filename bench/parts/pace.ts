import type { Bench } from '../bench.ts'
import type { Stand } from '../stand.ts'
import { items } from '../work.ts'
import { freshLists, measure, warm, type Sample } from './speed.ts'
import { mixed, shares, warmWriting } from './writes.ts'

/** How much of its core a server is kept busy in a paced round. */
const busy = 0.6
/** The item of a full round; that of the paced one after it is the kind alone. */
export const full = (kind: string | number): string => `${kind} full`

// where half of all requests take longer, they queue: something else has taken the core
const queuedMs = 20
// so many that one of them is nearly always free
const connections = 256

/**
 * Each query, and each share of writes, as fast as it goes, and then at a pace: requests that come one by one cost more
 * than those that share a turn of the event loop. How many come in a second follows from what they cost the round before.
 */
export async function measurePace(bench: Bench, stands: readonly Stand[]): Promise<Sample[]> {
  const { options, work, tell } = bench
  const samples: Sample[] = []
  const micros = new Map<string | number, number>()
  for (const stand of stands) {
    /** Others for each seed, where they must not have been asked before, or change something. */
    const requestsOf = (kind: (typeof items)[number] | (typeof shares)[number], seed: number): Buffer[] => {
      if (typeof kind === 'number') return mixed(bench, stand, kind, seed)
      const [count, from] = kind === 'Q4' ? [freshLists(options), seed] : [options.requests, 1]
      return work.draw(kind, count, from).map((question) => stand.request(question))
    }
    await warmWriting(bench, stand)
    await warm(stand, bench)
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const kind of [...items, ...shares]) {
        const again = kind !== 'Q4'
        const seed = 3000 + 2 * round
        const given = { ...options, round, again, requests: requestsOf(kind, seed), item: full(kind) }
        const most = await measure(stand, given)
        const perSecond = (busy * 1e6) / (micros.get(kind) ?? most.cpuMicros)
        const paced = { ...given, requests: requestsOf(kind, seed + 1), item: `${kind}`, connections, perSecond }
        const sample = await measure(stand, paced)
        const kept = sample.p50 < queuedMs
        if (kept) micros.set(kind, sample.cpuMicros)
        if (round > 0) samples.push(most, ...(kept ? [sample] : []))
      }
    }
    tell(`pace ${stand.peer.name}`)
  }
  return samples
}
