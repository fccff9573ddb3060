import type { Options } from './options.ts'
import { peers, type Peer } from './peers.ts'
import type { Postgres } from './services.ts'
import { Stand } from './stand.ts'
import type { Work } from './work.ts'

/** What every part of the benchmark works with. */
export interface Bench {
  readonly options: Options
  readonly postgres: Postgres
  readonly work: Work
  /** Tells how far it is. */
  readonly tell: (line: string) => void
}

/** The servers that were chosen; of them, where names are given, those. */
export function chosen({ servers }: Options, ...among: readonly string[]): readonly Peer[] {
  return peers.filter(({ name }) => servers.includes(name) && (among.length === 0 || among.includes(name)))
}

/** Servers that are started when they are first needed, and then run until all are stopped. */
export class Stands {
  readonly #bench: Bench
  readonly #processes: number
  readonly #products: number
  readonly #running = new Map<string, Stand>()

  constructor(bench: Bench, { processes = 1, products = bench.options.products } = {}) {
    this.#bench = bench
    this.#processes = processes
    this.#products = products
  }

  async of(which: readonly Peer[]): Promise<readonly Stand[]> {
    const stands: Stand[] = []
    for (const peer of which) stands.push(this.#running.get(peer.name) ?? (await this.#start(peer)))
    return stands
  }

  async stop(): Promise<void> {
    for (const [name, stand] of this.#running) {
      this.#running.delete(name)
      await stand.stop()
    }
  }

  async #start(peer: Peer): Promise<Stand> {
    const { postgres, tell } = this.#bench
    const stand = await Stand.start(postgres, peer, this.#products, this.#processes)
    this.#running.set(peer.name, stand)
    tell(`started ${peer.name}`)
    return stand
  }
}
