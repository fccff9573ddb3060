import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as engine from '../src/cache/index.ts'
import { statusOfCode } from '../src/graphql/errors.ts'
import { importLines } from '../src/import/import.ts'
import type { RawLine } from '../src/import/lines.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { startApi } from './setup/api.ts'
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

it('every link between the pages leads somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)]
  const broken = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .filter(([, target]) => !exists(new URL(target ?? '', new URL(page, root))))
        .map(([, target]) => `${page} -> ${target}`),
    )
  expect(broken).toEqual([])
})

it('every file that the pages name is there', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/guarantees.md']) {
    for (const [, path] of text(page).matchAll(/`((?:src|test|docs|prisma)\/[\w./-]+\.\w+)`/g)) {
      expect({ page, path, there: exists(new URL(path ?? '', root)) }).toEqual({ page, path, there: true })
    }
  }
})

it('every command that the pages name is a script', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
  for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/importing.md']) {
    for (const [, name] of text(page).matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toHaveProperty([name ?? ''])
  }
})

function exists(url: URL): boolean {
  try {
    readFileSync(url)
    return true
  } catch {
    return false
  }
}

it('the guide to codes has every code with its status', () => {
  const rows = [...text('docs/exposing.md').matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(
    ([, code, status]) => [code, Number(status)] as const,
  )
  expect(Object.fromEntries(rows)).toEqual(statusOfCode)
})
