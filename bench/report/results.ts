import type { Cold, Stampede } from '../parts/cold.ts'
import type { HitRatio } from '../parts/hits.ts'
import type { Sample } from '../parts/speed.ts'
import type { Stale } from '../parts/stale.ts'
import { processCounts } from '../parts/growth.ts'
import { shares, type UnderWrites } from '../parts/writes.ts'
import { peers, type Peer } from '../peers.ts'
import type { State } from '../state.ts'

/** Everything that has been measured so far. */
export interface Results {
  readonly speed: readonly Sample[]
  readonly cold: readonly Cold[]
  readonly writes: readonly UnderWrites[]
  readonly hits: readonly HitRatio[]
  /** Full rounds and paced ones, in turn: see parts/pace.ts. */
  readonly pace: readonly Sample[]
  readonly stampede: readonly Stampede[]
  readonly stale: readonly Stale[]
  readonly rows: readonly Sample[]
  readonly processes: readonly Sample[]
  readonly sizes: readonly { readonly products: number; readonly samples: readonly Sample[] }[]
}

export function readResults(state: State): Results {
  const known = <Result>(name: string): Result[] => {
    const result = state.known(name)
    return result === undefined || result === null ? [] : [result as Result]
  }
  return {
    speed: known<Sample[]>('speed').flat(),
    cold: known<Cold[]>('cold').flat(),
    writes: shares.flatMap((share) => known<UnderWrites>(`writes ${share}`)),
    hits: shares.flatMap((share) => known<HitRatio>(`hits ${share}`)),
    pace: known<Sample[]>('pace').flat(),
    stampede: known<Stampede[]>('stampede').flat(),
    stale: peers.flatMap(({ name }) => known<Stale>(`stale ${name}`)),
    rows: known<Sample[]>('rows').flat(),
    processes: processCounts.flatMap((count) => known<Sample[]>(`processes ${count}`).flat()),
    sizes: state
      .names()
      .flatMap((name) => /^size (\d+)$/.exec(name)?.[1] ?? [])
      .map((products) => ({ products: Number(products), samples: known<Sample[]>(`size ${products}`).flat() }))
      .toSorted((one, other) => one.products - other.products),
  }
}

/** The servers that there are figures of. */
export function measuredPeers(samples: readonly { readonly server: string }[]): Peer[] {
  const names = new Set(samples.map(({ server }) => server))
  return peers.filter(({ name }) => names.has(name))
}
