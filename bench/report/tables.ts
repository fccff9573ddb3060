import { queryTitles } from '../queries.ts'
import { items } from '../work.ts'
import { table } from './markdown.ts'
import { measuredPeers, type Results } from './results.ts'
import { bestAndMedian, short, summarize } from './summary.ts'

/** CPU time of the server's process. */
export function cpuTable({ speed }: Results): string {
  return table(
    ['server', ...items],
    measuredPeers(speed).map(({ name, title }) => [
      title,
      ...items.map((item) => bestAndMedian(summarize(speed, name, item, 'cpuMicros'))),
    ]),
  )
}

const goals = [
  { item: 'Q1', limit: 'raw-get', most: 1.3 },
  { item: 'Q2', limit: 'raw-get', most: 1.3 },
  { item: 'Q3', limit: 'raw-get', most: 1.3 },
  { item: 'Q4r', limit: 'raw-get', most: 1.3 },
  { item: 'Q4', limit: 'raw-mget', most: 1.5 },
] as const

/** Larder against the limit of each query, and against whoever of the peers is fastest. */
export function goalTable({ speed }: Results): string {
  const cpu = (server: string, item: string): number => summarize(speed, server, item, 'cpuMicros')?.best ?? NaN
  const withRedis = (server: string, item: string): number =>
    cpu(server, item) + (summarize(speed, server, item, 'redisCpuMicros')?.median ?? NaN)
  const others = measuredPeers(speed).filter(({ name }) => !name.startsWith('raw-') && !name.startsWith('larder'))
  return table(
    [
      'query',
      'times its limit',
      'goal',
      'fastest peer, µs',
      'Larder, µs',
      'with Redis: fastest peer',
      'with Redis: Larder',
    ],
    goals.map(({ item, limit, most }) => [
      item,
      short(cpu('larder', item) / cpu(limit, item)),
      `${most}`,
      short(Math.min(...others.map(({ name }) => cpu(name, item)))),
      short(cpu('larder', item)),
      short(Math.min(...others.map(({ name }) => withRedis(name, item)))),
      short(withRedis('larder', item)),
    ]),
  )
}

/** Requests a second, and how long they took. */
export function throughputTable({ speed }: Results): string {
  return table(
    ['server', ...items.map((item) => `${item}: /s, p50, p99`)],
    measuredPeers(speed).map(({ name, title }) => [
      title,
      ...items.map((item) => {
        const [rate, p50, p99] = (['requestsPerSecond', 'p50', 'p99'] as const).map(
          (measure) => summarize(speed, name, item, measure)?.median,
        )
        return rate === undefined ? '' : `${short(rate)}, ${short(p50)}, ${short(p99)}`
      }),
    ]),
  )
}

/** What Redis is asked. */
export function redisTable({ speed }: Results): string {
  return table(
    ['server', ...items.map((item) => `${item}: commands, µs`)],
    measuredPeers(speed).map(({ name, title }) => [
      title,
      ...items.map((item) => {
        const [commands, micros] = (['redisCommands', 'redisCpuMicros'] as const).map(
          (measure) => summarize(speed, name, item, measure)?.median,
        )
        return commands === undefined ? '' : `${commands.toFixed(1)}, ${short(micros)}`
      }),
    ]),
  )
}

/** SQL statements of cold requests. */
export function coldTable({ cold, stampede }: Results): string {
  return table(
    ['server', 'Q1', 'Q2', 'Q3', 'Q4', '200 × Q3 at once, two processes'],
    measuredPeers(cold).map(({ name, title }) => {
      const statements = cold.find(({ server }) => server === name)?.statements
      return [
        title,
        ...(['Q1', 'Q2', 'Q3', 'Q4'] as const).map((query) => short(statements?.[query])),
        short(stampede.find(({ server }) => server === name)?.statements),
      ]
    }),
  )
}

/** What writes cost everyone. */
export function writesTable({ writes, hits }: Results): string {
  const all = writes.flatMap(({ samples }) => samples)
  const rows = measuredPeers(all).map(({ name, title }) => [
    title,
    ...writes.map(({ share, statements }) => {
      const cpu = bestAndMedian(summarize(all, name, `${share}`, 'cpuMicros'))
      const perRequest = statements.find(({ server }) => server === name)?.perRequest
      return cpu === '' ? '' : `${cpu}, ${short(perRequest)}`
    }),
  ])
  const ratios = writes.map(({ share }) => {
    const ratio = hits.find((each) => each.share === share)?.ratio
    return ratio === undefined ? '' : `${(ratio * 100).toFixed(2)}%`
  })
  return table(
    ['server', ...writes.map(({ share }) => `${share * 100}% writes: µs, SQL`)],
    [...rows, ['found in the cache, by Larder', ...ratios]],
  )
}

/** Answers that showed what had been replaced. */
export function staleTable({ stale }: Results): string {
  return table(
    ['server', 'writes', 'Q1 / Q2 / Q3', 'Q1 with 16 readers', 'changed by plain SQL, seen after'],
    measuredPeers(stale).map(({ name, title }) => {
      const found = stale.find(({ server }) => server === name)
      if (found === undefined) return [title]
      const { writes, afterWrite, underReaders, fromOutside } = found
      const seen = fromOutside.filter((ms) => ms !== null)
      const outside =
        seen.length === 0
          ? 'not while watched'
          : `${short(Math.min(...seen))} to ${short(Math.max(...seen))} ms${seen.length < fromOutside.length ? ', or not while watched' : ''}`
      return [
        title,
        short(writes),
        `${afterWrite.Q1} / ${afterWrite.Q2} / ${afterWrite.Q3}`,
        String(underReaders),
        outside,
      ]
    }),
  )
}

export function queryList(): string {
  const rows = Object.entries(queryTitles).map(([name, title]) => `- **${name}** ${title}`)
  return [...rows, '- **Q4r** the same with 512 lists that come back'].join('\n')
}
