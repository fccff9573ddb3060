import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import * as engine from '../src/cache/index.ts'
import { statusOfCode } from '../src/graphql/errors.ts'
import { importLines } from '../src/import/import.ts'
import type { RawLine } from '../src/import/lines.ts'
import { createMetrics } from '../src/observe/index.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { startApi } from './setup/api.ts'
import { storeFixture } from './setup/fixture.ts'
import { testDatabase } from './setup/index.ts'

const root = new URL('../', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block ?? '',
  )
}

it('the query of the README gives the answer of the README, on the sample data', async () => {
  const { url, client } = await testDatabase()
  await seedCatalog(client, { products: 1000, seed: 1 })
  const api = await startApi({ url })
  try {
    const readme = text('README.md')
    const request = blocks(readme, 'sh').find((block) => block.startsWith('curl')) ?? ''
    const { query } = JSON.parse(/-d '([\s\S]*)'/.exec(request)?.[1] ?? '') as { query: string }
    const trace = { 'x-larder-trace': '1' }
    const first = await api.ask(query, {}, trace)
    const second = await api.ask(query, {}, trace)
    const expected = JSON.parse(blocks(readme, 'json')[0] ?? '') as { data: unknown }
    expect([first.data, second.data]).toEqual([expected.data, expected.data])
    expect(readme).toContain('| SQL statements | 4, one for each kind of thing | **0** |')
    expect([first, second].map(({ extensions }) => extensions?.larder?.sqlStatements)).toEqual([4, 0])
    const kinds = Object.values(first.extensions?.larder?.kinds ?? {})
    expect(kinds.reduce((sum, kind) => sum + (kind['misses'] ?? 0), 0)).toBe(7)
  } finally {
    await api.close()
  }
})

it('the explanations of docs/explaining.md are those that the answers give', async () => {
  const { url, client } = await testDatabase()
  await seedCatalog(client, { products: 1000, seed: 1 })
  const api = await startApi({ url })
  try {
    const page = text('docs/explaining.md').replaceAll('larder:', 'test:')
    const queries = blocks(page, 'graphql')
    const explanations = blocks(page, 'json').map((block) => JSON.parse(block) as Record<string, unknown>)
    expect(queries).toHaveLength(3)
    for (const [i, query] of queries.entries()) {
      const { extensions } = await api.ask(query, {}, { 'x-larder-trace': '1' })
      // of a key list the page shows the beginning
      const shown = explanations[i] ?? {}
      expect(shortenedLike(extensions?.larder, shown)).toMatchObject(shown)
    }
  } finally {
    await api.close()
  }
})

/** The same with every list of texts cut to the length that it has in the example. */
function shortenedLike(actual: unknown, example: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(example)) {
    const isText = example.every((each) => typeof each === 'string')
    return (isText ? actual.slice(0, example.length) : actual).map((each, i) => shortenedLike(each, example[i]))
  }
  if (typeof actual !== 'object' || actual === null || typeof example !== 'object' || example === null) return actual
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => [
      name,
      shortenedLike(value, (example as Record<string, unknown>)[name]),
    ]),
  )
}

it('the example of the cache works with any database', async () => {
  const [example = ''] = blocks(text('src/cache/README.md'), 'ts')
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(10)
  const source = example
    .replace(/^import .*\n/, '')
    .replace(/redisStore\(.*?\}\)/, 'memoryStore()')
    .replace(/<number, .*?>/, '')
  // the text of the page is the program under test
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function(
    'tools',
    'database',
    `with (tools) { return (async () => { ${source}; return product })() }`,
  ) as (tools: object, database: object) => Promise<unknown>
  const database = {
    productsByIds: (ids: number[]) => Promise.resolve(ids.map((id) => ({ id, title: `Product ${id}` }))),
  }
  expect(await run(engine, database)).toEqual({ id: 1, title: 'Product 1' })
})

it('the share of entries of docs/metrics.md is the one that is recorded, and counts nothing but entries', async () => {
  const [formula = ''] = blocks(text('docs/metrics.md'), 'promql')
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

it('the lines that docs/importing.md shows can be imported', async () => {
  const { client } = await testDatabase()
  const lines = (blocks(text('docs/importing.md'), 'json')[0] ?? '').trim().split('\n')
  async function* raw(): AsyncGenerator<RawLine> {
    for (const [i, line] of lines.entries()) yield await Promise.resolve({ place: `docs:${i + 1}`, text: line })
  }
  const faults: unknown[] = []
  const summary = await importLines(client, raw(), {
    strict: true,
    onOutcome: (outcome) => faults.push(...outcome.faults),
  })
  expect(faults).toEqual([])
  expect(summary.created).toBe(3)
})

const under = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}${name}`)
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...under('docs/'), ...under('src/')].filter((path) =>
  path.endsWith('.md'),
)

it('every link between the pages leads somewhere, and to a heading that is there', () => {
  const links = pages.flatMap((page) =>
    [...text(page).matchAll(/\]\((?!https?:)([^)\s]+)/g)].map(([, link = '']) => ({ page, link })),
  )
  const broken = links.filter(({ page, link }) => {
    const target = new URL(link, new URL(page, root))
    const place = fileURLToPath(target)
    if (!existsSync(place)) return true
    return target.hash !== '' && !anchorsOf(readFileSync(place, 'utf8')).includes(target.hash.slice(1))
  })
  expect(links.length).toBeGreaterThan(50)
  expect(broken).toEqual([])
})

/** What the headings of a page are called in links, to GitHub. */
function anchorsOf(page: string): string[] {
  const withoutCode = page.replaceAll(/^```[\s\S]*?^```/gm, '')
  return [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

it('every file that the pages name is there', () => {
  const named = pages.flatMap((page) =>
    [...text(page).matchAll(/`((?:src|test|docs|prisma|bench|scripts|observability|examples)\/[\w./-]*)`/g)].map(
      ([, path = '']) => ({ page, path }),
    ),
  )
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ path }) => !existsSync(new URL(path, root)))).toEqual([])
})

it('every command that the pages name is a script, and CONTRIBUTING.md has every script', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
  const named = pages.flatMap((page) =>
    [...text(page).matchAll(/npm run ([a-z]+(?::[a-z]+)*)/g)].map(([, name = '']) => ({ page, name })),
  )
  expect(named.filter(({ name }) => scripts[name] === undefined)).toEqual([])
  const told = new Set(
    [...text('CONTRIBUTING.md').matchAll(/(?:npm (?:run )?|`(?!npm ))([a-z]+(?::[a-z]+)*)/g)].map(([, name]) => name),
  )
  // npm runs these two by itself
  const called = Object.keys(scripts).filter((name) => name !== 'prepare' && name !== 'prebuild')
  expect(called.filter((name) => !told.has(name))).toEqual([])
})

it('the guide to codes has every code with its status', () => {
  const rows = [...text('docs/exposing.md').matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(
    ([, code, status]) => [code, Number(status)] as const,
  )
  expect(Object.fromEntries(rows)).toEqual(statusOfCode)
})
