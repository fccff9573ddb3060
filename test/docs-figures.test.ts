import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { createMetrics } from '../src/observe/index.ts'
import { startApi } from './setup/api.ts'
import { storeFixture } from './setup/fixture.ts'
import { testDatabase } from './setup/index.ts'
import { blocks, text } from './setup/pages.ts'

it('the figures of the README are those of docs/benchmark.md', () => {
  const [readme, benchmark] = [text('README.md'), text('docs/benchmark.md')]
  // the best of µs, of the two limits that of each query
  const cpu = tableUnder(benchmark, '## CPU time of')
  const best = (server: string, query: number): string => cpu.get(server)?.[query]?.split(' ')[0] ?? ''
  const rounded = (cells: readonly string[]): string[] =>
    cells.map((cell) => Math.round(Number(cell.replaceAll(/[,*]/g, ''))).toLocaleString('en'))
  const [Q1, Q2, Q3, Q4, Q4r] = [0, 1, 2, 3, 4]
  const inOrder = [Q1, Q2, Q3, Q4r, Q4] as const
  const shown = tableUnder(readme, '## How fast')
  for (const [name, server] of Object.entries(servers)) {
    expect([name, shown.get(name)?.map((cell) => cell.replaceAll('*', ''))]).toEqual([
      name,
      rounded(inOrder.map((query) => best(server, query))),
    ])
  }
  const [get, mget] = ['node:http + one GET of the finished body', 'node:http + MGET + JSON.stringify']
  const limits = [...[Q1, Q2, Q3, Q4r].map((query) => best(get, query)), best(mget, Q4)]
  expect(shown.get('the limit: a bare server and one GET, or MGET for new lists')).toEqual(rounded(limits))
  // of writes, the medians in ms
  const writes = tableUnder(benchmark, '## Under writes')
  const inMs = (cell: string): string => {
    const [, median = ''] = /\(([\d,.]+)\)/.exec(cell) ?? []
    return (Number(median.replaceAll(',', '')) / 1000).toFixed(1)
  }
  const costs = tableUnder(readme, '**Where it falls short**')
  expect(costs.size).toBe(4)
  for (const [name, cells] of costs) {
    const server = Object.entries(servers).find(([known]) => plain(name).startsWith(plain(known)))?.[1] ?? ''
    expect([name, cells]).toEqual([name, writes.get(server)?.slice(1).map(inMs)])
  }
})

/** Peers as the README calls them, and as the benchmark does. */
const servers: Readonly<Record<string, string>> = {
  'textbook cache-aside': 'textbook cache-aside: Apollo + DataLoader + MGET',
  'Mercurius with its cache on Redis': 'Mercurius JIT + its cache on Redis',
  'Apollo with its response cache (serves stale answers)': 'Apollo + response cache plugin on Redis',
  'Yoga with its response cache on Redis': 'Yoga + response cache on Redis',
  'PostGraphile, no cache': 'PostGraphile 5',
  'Larder without its cache': 'Larder without its cache',
  '**Larder**': 'Larder',
}

/** Without its emphasis, and what stands in brackets. */
function plain(name: string): string {
  return name.replaceAll('*', '').replace(/ \(.*\)$/, '')
}

/** The cells of the first table after a text, by the first cell of their row. */
function tableUnder(page: string, start: string): Map<string, string[]> {
  const [, table = ''] = /\n\n((?:\|.*\n)+)/.exec(page.slice(page.indexOf(start))) ?? []
  const [, , ...rows] = table.trim().split('\n')
  return new Map(
    rows.map((row) => {
      const [name = '', ...cells] = row.slice(2, -2).split(' | ')
      return [name, cells]
    }),
  )
}

it('the share of entries of docs/reference/metrics.md is the one that is recorded, and counts nothing but entries', async () => {
  const [formula = ''] = blocks(text('docs/reference/metrics.md'), 'promql')
  const { groups } = parse(text('observability/alerts.yml')) as {
    groups: { rules: { record?: string; expr: string }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.find(({ record }) => record === 'larder:hit_ratio:rate5m')?.expr).toBe(formula)
  const { url, client } = await testDatabase()
  await storeFixture(client)
  const metrics = createMetrics()
  const api = await startApi({
    url,
    routes: ({ feed }) => {
      feed.subscribe(metrics.count)
      return []
    },
  })
  // once from the database, once from the cache, and twice whole; of the second there is none
  for (const id of ['Product:1', 'Product:999']) {
    for (let i = 0; i < 4; i += 1) await api.ask(`{ product(by: { id: "${id}" }) { title } }`)
  }
  await api.close()
  const counted = await metrics.text()
  expect(counted).toContain('larder_cache_hits_total{kind="response"} 4')
  expect(shareOf(formula, counted)).toBe(2 / 4)
})

/** What the formula comes to, with what was counted since the start in the place of rates. */
function shareOf(formula: string, counted: string): unknown {
  const sumOf = (name: string, exceptKinds: string): number =>
    [...counted.matchAll(new RegExp(`^${name}\\{kind="(\\w+)".*\\} (\\d+)$`, 'gm'))]
      .filter(([, kind = '']) => !exceptKinds.split('|').includes(kind))
      .reduce((sum, [, , count]) => sum + Number(count), 0)
  const sums = formula.replace(
    /\(sum\(rate\((\w+)(?:\{kind!~"([\w|]+)"\})?\[5m\]\)\) or vector\(0\)\)/g,
    (_sum, name: string, exceptKinds = '') => String(sumOf(name, exceptKinds)),
  )
  expect(sums).toMatch(/^[\d\s()+/]+$/)
  // numbers and the signs between them
  // oxlint-disable-next-line typescript/no-implied-eval
  return (new Function(`return ${sums.replaceAll(/\s/g, '')}`) as () => unknown)()
}
