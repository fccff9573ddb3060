/** Somewhere requests wait and are worked on: so many cores, and the work of one request there, in µs. */
export interface Station {
  readonly cores: number
  readonly micros: number
}

export interface Simulated {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** How busy each station was, from 0 to 1. */
  readonly busy: readonly number[]
}

interface Core {
  freeAt: number
}

/**
 * A closed queueing network, as the load generator is one: so many clients, each with one request under way, which visits
 * the stations one after the other and waits there in the order of arrival. Work is drawn from the exponential
 * distribution. The first tenth is left out.
 */
export function simulate(
  stations: readonly Station[],
  clients: number,
  requests: number,
  random: () => number,
): Simulated {
  const cores = stations.map(({ cores: count }) => Array.from({ length: count }, (): Core => ({ freeAt: 0 })))
  const worked = stations.map(() => 0)
  // every client's next arrival at a station, soonest first
  const arrivals = Array.from({ length: clients }, () => ({ at: 0, station: 0, began: 0 }))
  const latencies: number[] = []
  let last = 0
  while (latencies.length < requests) {
    const next = arrivals.reduce((soonest, each) => (each.at < soonest.at ? each : soonest))
    const station = stations[next.station]
    const core = cores[next.station]?.reduce((soonest, each) => (each.freeAt < soonest.freeAt ? each : soonest))
    if (station === undefined || core === undefined) throw new Error('a request visits stations that there are')
    const work = -Math.log(1 - random()) * station.micros
    const done = Math.max(next.at, core.freeAt) + work
    core.freeAt = done
    worked[next.station] = (worked[next.station] ?? 0) + work
    next.at = done
    next.station += 1
    if (next.station < stations.length) continue
    latencies.push(done - next.began)
    next.station = 0
    next.began = done
    last = Math.max(last, done)
  }
  const sorted = latencies.slice(Math.floor(requests / 10)).toSorted((one, other) => one - other)
  const at = (share: number): number => (sorted[Math.floor(sorted.length * share)] ?? NaN) / 1000
  return {
    requestsPerSecond: (requests / last) * 1e6,
    p50: at(0.5),
    p99: at(0.99),
    busy: worked.map((micros, i) => micros / last / (stations[i]?.cores ?? 1)),
  }
}
