import type { Bench } from '../bench.ts'
import type { Stand } from '../stand.ts'
import { generator, zipf } from '../draw.ts'
import { Connection } from '../connection.ts'

/** How much of what Larder looked for, for reads and mutations alike, it found in its cache, by its account of each answer. */
export interface HitRatio {
  readonly share: number
  readonly ratio: number
}

const reads = ['Q1', 'Q2', 'Q3', 'Q4r'] as const
const found = ['hits', 'negative'] as const
const notFound = ['misses', 'joins', 'waits', 'bypasses'] as const

interface Explained {
  readonly extensions?: {
    readonly larder?: { readonly kinds: Readonly<Record<string, Readonly<Record<string, number>>>> }
  }
}

/** Asks one by one, with as many writes in between, and adds up what the answers say of themselves. */
export async function measureHits({ options, work }: Bench, stand: Stand, share: number): Promise<HitRatio> {
  const random = generator(5)
  const place = zipf(work.products, random)
  const pools = reads.map((item) => work.draw(item, options.requests, 1))
  const rename = (i: number): Buffer => stand.explainedRename(work.product(place()), `Title ${share}.${i}`)
  const read = (i: number): Buffer => {
    const question = pools[i % pools.length]?.[Math.floor(random() * options.requests)]
    if (question === undefined) throw new Error('expected a question')
    return stand.explained(question)
  }
  const line = await Connection.open(stand.ports[0] ?? 0)
  let [hits, all] = [0, 0]
  try {
    for (let i = 0; i < options.requests; i += 1) {
      const request = random() < share ? rename(i) : read(i)
      const answer = JSON.parse((await line.ask(request)).toString()) as Explained
      for (const counts of Object.values(answer.extensions?.larder?.kinds ?? {})) {
        const sum = (names: readonly string[]): number => names.reduce((total, name) => total + (counts[name] ?? 0), 0)
        hits += sum(found)
        all += sum(found) + sum(notFound)
      }
    }
  } finally {
    line.close()
  }
  return { share, ratio: hits / all }
}
