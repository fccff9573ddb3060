import { chosen, Stands, type Bench } from '../bench.ts'
import { readSubjects, spread, Work, type Item } from '../work.ts'
import type { Stand } from '../stand.ts'
import { freshLists, measure, warm, type Sample } from './speed.ts'

/** How long lists are, the shortest so long that they hardly come twice, and how many processes there are. */
export const lengths = [5, 20, 100] as const
export const processCounts = [1, 2, 4] as const
/** How many different things are asked for in a catalog of any size. */
export const askedFor = { products: 500, reviewed: 100, categories: 10 } as const

/** Lists of 5, 20 and 100 products that were never asked for before, so that every server puts its answers together. */
export async function measureRows(bench: Bench, stands: readonly Stand[]): Promise<Sample[]> {
  const { options, work, tell } = bench
  const samples: Sample[] = []
  for (const stand of stands) await warm(stand, bench, ['Q4'])
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const length of lengths) {
      const questions = work.lists(length, freshLists(options), 2000 + round)
      for (const stand of stands) {
        const requests = questions.map((question) => stand.request(question))
        const sample = await measure(stand, { ...options, item: `${length}`, round, requests, again: false })
        if (round > 0) samples.push(sample)
      }
    }
  }
  tell('rows')
  return samples
}

/**
 * Q1 on so many processes of Larder, with one Redis and one database, each with as many connections as one has alone.
 * Processes share a core where servers have one.
 */
export function measureProcesses(bench: Bench, processes: number): Promise<Sample[]> {
  const connections = bench.options.connections * processes
  const grown = { ...bench, options: { ...bench.options, connections } }
  return measureLarder(grown, ['Q1'], `${processes}`, { processes })
}

/**
 * The queries that come back, on a catalog of so many products. As many different things are asked for in each, since more
 * different questions cost more in any catalog.
 */
export async function measureSize(bench: Bench, products: number): Promise<Sample[]> {
  const subjects = await readSubjects(await bench.postgres.catalog(products))
  const work = new Work(spread(subjects, askedFor))
  return measureLarder({ ...bench, work }, ['Q1', 'Q2', 'Q3', 'Q4r'], '', { products })
}

async function measureLarder(
  bench: Bench,
  items: readonly Item[],
  prefix: string,
  size: { readonly processes?: number; readonly products?: number },
): Promise<Sample[]> {
  const stands = new Stands(bench, size)
  try {
    return await measureItems(bench, await stands.of(chosen(bench.options, 'larder')), items, prefix)
  } finally {
    await stands.stop()
  }
}

async function measureItems(
  bench: Bench,
  stands: readonly Stand[],
  items: readonly Item[],
  prefix: string,
): Promise<Sample[]> {
  const { options, work, tell } = bench
  const samples: Sample[] = []
  for (const stand of stands) {
    await warm(stand, bench, items)
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const item of items) {
        const requests = work.draw(item, options.requests, 1).map((question) => stand.request(question))
        const sample = await measure(stand, { ...options, item: `${prefix}${item}`, round, requests, again: true })
        if (round > 0) samples.push(sample)
      }
    }
    tell(`measured ${stand.peer.name} on ${stand.database}`)
  }
  return samples
}
