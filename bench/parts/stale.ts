import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { Connection } from '../connection.ts'
import type { Question } from '../queries.ts'
import { withClient } from '../services.ts'
import type { Stand } from '../stand.ts'

export interface Stale {
  readonly server: string
  readonly writes: number
  /** Of so many writes, each read at once through the other process, how many showed what had been replaced. */
  readonly afterWrite: Readonly<Record<'Q1' | 'Q2' | 'Q3', number>>
  /** The same for Q1, with 16 readers of the same on both processes. */
  readonly underReaders: number
  /** How long rows that were changed by plain SQL were shown as they had been, in ms; null where all the time. */
  readonly fromOutside: readonly (number | null)[]
}

const readers = 16
const changesFromOutside = 5

/** Looks for stale answers of a server on two processes. */
export async function measureStale({ options, work, tell }: Bench, stand: Stand): Promise<Stale> {
  const { writes, watchMs } = options
  const targets = await Promise.all(
    (['Q1', 'Q2', 'Q3'] as const).map((query) => target(stand, work.draw(query, 1, 21))),
  )
  const lines = await Promise.all(stand.ports.map((port) => Connection.open(port)))
  const [writer, reader] = lines
  if (writer === undefined || reader === undefined) throw new Error('expected two processes')
  const staleAfter = async ({ question, id }: Target): Promise<number> => {
    let stale = 0
    await reader.ask(stand.request(question))
    for (let i = 0; i < writes; i += 1) {
      const title = `${question.query} ${i} ${id}`
      await writer.ask(stand.rename(id, title))
      if (!(await shows(stand, reader, question, title))) stale += 1
    }
    return stale
  }
  try {
    const [Q1, Q2, Q3] = targets
    if (Q1 === undefined || Q2 === undefined || Q3 === undefined) throw new Error('expected three products')
    const afterWrite = { Q1: await staleAfter(Q1), Q2: await staleAfter(Q2), Q3: await staleAfter(Q3) }
    // another product: where an entry cannot be invalidated any more, only its own count should say so
    const busy = await target(stand, work.draw('Q1', 2, 22).slice(1))
    const underReaders = await amongReaders(stand, busy.question, () => staleAfter(busy))
    const outside = await target(stand, work.draw('Q1', 3, 23).slice(2))
    const fromOutside: (number | null)[] = []
    for (let i = 0; i < changesFromOutside; i += 1)
      fromOutside.push(await changeFromOutside(stand, reader, outside, `outside ${i}`, watchMs))
    tell(`stale ${stand.peer.name}`)
    return { server: stand.peer.name, writes, afterWrite, underReaders, fromOutside }
  } finally {
    for (const line of lines) line.close()
  }
}

interface Target {
  readonly question: Question
  /** The product whose title the answer shows. */
  readonly id: number
}

/** A question, and a product in its answer. */
async function target(stand: Stand, [question]: readonly Question[]): Promise<Target> {
  if (question === undefined) throw new Error('expected a question')
  if (question.query !== 'Q2') return { question, id: question.ids[0] ?? 0 }
  const answer = (await stand.answer(question)) as { category: { products: { nodes: { id: string }[] } } }
  return { question, id: Number(answer.category.products.nodes[0]?.id.split(':')[1]) }
}

async function shows(stand: Stand, line: Connection, question: Question, title: string): Promise<boolean> {
  const answer = stand.read(question, await line.ask(stand.request(question)))
  return JSON.stringify(answer).includes(JSON.stringify(title))
}

async function amongReaders<Result>(stand: Stand, question: Question, work: () => Promise<Result>): Promise<Result> {
  const lines = await Promise.all(
    Array.from({ length: readers }, (_, i) => Connection.open(stand.ports[i % stand.ports.length] ?? 0)),
  )
  const request = stand.request(question)
  const done = new AbortController()
  const reading = lines.map(async (line) => {
    while (!done.signal.aborted) await line.ask(request)
  })
  try {
    return await work()
  } finally {
    done.abort()
    await Promise.allSettled(reading)
    for (const line of lines) line.close()
  }
}

async function changeFromOutside(
  stand: Stand,
  reader: Connection,
  { question, id }: Target,
  title: string,
  watchMs: number,
): Promise<number | null> {
  await reader.ask(stand.request(question))
  await withClient(stand.databaseUrl, (client) =>
    client.query('UPDATE product SET title = $2 WHERE id = $1', [id, title]),
  )
  for (const begun = performance.now(); performance.now() - begun < watchMs; await sleep(1)) {
    if (await shows(stand, reader, question, title)) return performance.now() - begun
  }
  return null
}
