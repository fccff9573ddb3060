import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { load } from '../load.ts'
import type { QueryName, Question } from '../queries.ts'
import type { Stand } from '../stand.ts'

export interface Cold {
  readonly server: string
  readonly statements: Readonly<Record<QueryName, number>>
}

const settleMs = 2500
const storedMs = 200
const unknownProduct: Question = { query: 'Q4', ids: [2_147_483_647] }

/** SQL statements of one request that finds nothing in the cache. */
export async function measureCold({ work, tell }: Bench, stands: readonly Stand[]): Promise<Cold[]> {
  const measured: Cold[] = []
  for (const stand of stands) {
    const count = async (query: QueryName): Promise<number> => {
      const [question] = work.draw(query, 1, 11)
      if (question === undefined) return NaN
      // opens the connections, of which some servers ask something first; and some store answers behind them
      await stand.answer(question)
      await sleep(storedMs)
      await empty(stand)
      return stand.countStatements(async () => void (await stand.answer(question)))
    }
    measured.push({
      server: stand.peer.name,
      statements: { Q1: await count('Q1'), Q2: await count('Q2'), Q3: await count('Q3'), Q4: await count('Q4') },
    })
    tell(`cold ${stand.peer.name}`)
  }
  return measured
}

export interface Stampede {
  readonly server: string
  readonly statements: number
}

const together = 200
const warmUp = 2000

/** SQL statements of 200 times the same cold Q3 at once, over two processes. */
export async function measureStampede({ work, tell }: Bench, stands: readonly Stand[]): Promise<Stampede[]> {
  const [question] = work.draw('Q3', 1, 11)
  const measured: Stampede[] = []
  for (const stand of stands) {
    if (question === undefined) break
    // a server that has just started is slow for reasons of its own
    const others = work.draw('Q3', warmUp, 12).map((other) => stand.request(other))
    await load({ ports: stand.ports, requests: others, connections: together })
    await empty(stand)
    const requests = Array.from({ length: together }, () => stand.request(question))
    const statements = await stand.countStatements(
      async () => void (await load({ ports: stand.ports, requests, connections: together })),
    )
    measured.push({ server: stand.peer.name, statements })
    tell(`stampede ${stand.peer.name}`)
  }
  return measured
}

/** Empties the cache. What Larder keeps in it besides entries is there again before anything is counted. */
async function empty(stand: Stand): Promise<void> {
  await stand.redis.flush()
  if (stand.peer.watchesRedis !== true) return
  await sleep(settleMs)
  for (let i = 0; i < stand.ports.length; i += 1) await stand.answer(unknownProduct, i)
}
