import type { Bench } from '../bench.ts'
import { generator, zipf } from '../draw.ts'
import { load } from '../load.ts'
import type { Stand } from '../stand.ts'
import { requestBytes } from '../connection.ts'
import { measure, warm, type Sample } from './speed.ts'

/** How much of all requests are writes. */
export const shares = [0, 0.01, 0.05, 0.2] as const

export interface UnderWrites {
  readonly share: number
  readonly samples: readonly Sample[]
  readonly statements: readonly { readonly server: string; readonly perRequest: number }[]
}

const reads = ['Q1', 'Q2', 'Q3', 'Q4r'] as const

/** The four queries in equal parts, and among them so many new titles, of products that are asked for most. */
export async function measureUnderWrites(bench: Bench, stands: readonly Stand[], share: number): Promise<UnderWrites> {
  const { options, tell } = bench
  const samples: Sample[] = []
  const statements: { server: string; perRequest: number }[] = []
  const silent = new Set<Stand>()
  /** One that stops answering has no figures from then on, and is missing in the tables. */
  const eachOf = async (use: (stand: Stand) => Promise<void>): Promise<void> => {
    for (const stand of stands.filter((each) => !silent.has(each))) {
      await use(stand).catch((error: unknown) => {
        silent.add(stand)
        tell(`${stand.peer.name}, ${share * 100}% writes: ${String(error)}`)
      })
    }
  }
  await eachOf(async (stand) => {
    await warmWriting(bench, stand)
    await warm(stand, bench, reads)
  })
  for (let round = 0; round <= options.rounds; round += 1) {
    await eachOf(async (stand) => {
      const requests = mixed(bench, stand, share, round)
      const sample = await measure(stand, { ...options, item: `${share}`, round, requests, again: true })
      if (round > 0) samples.push(sample)
    })
  }
  await eachOf(async (stand) => {
    const requests = mixed(bench, stand, share, options.rounds + 1).slice(0, options.requests)
    const count = await stand.countStatements(async () => {
      await load({ ports: stand.ports, requests, connections: options.connections })
    })
    statements.push({ server: stand.peer.name, perRequest: count / requests.length })
  })
  tell(`${share * 100}% writes`)
  return { share, samples, statements }
}

/** There are few writes among the requests of a round, and their code has to be compiled as well. */
export async function warmWriting({ options, work }: Bench, stand: Stand): Promise<void> {
  const requests = Array.from({ length: options.warmingWrites }, (_, i) => stand.rename(work.product(i), `Warm ${i}`))
  await load({ ports: stand.ports, requests, connections: options.connections })
}

/** As many requests, with other titles and in another order for each round. */
export function mixed({ options, work }: Bench, stand: Stand, share: number, round: number): Buffer[] {
  const random = generator(77 + round)
  const place = zipf(work.products, random)
  const pools = reads.map((item) => work.draw(item, options.requests, 1).map((question) => stand.request(question)))
  return Array.from({ length: options.requests * 2 }, (_, i) =>
    random() < share
      ? stand.rename(work.product(place()), `Title ${round}.${i}`)
      : (pools[i % pools.length]?.[Math.floor(random() * options.requests)] ?? requestBytes('{}')),
  )
}
