import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import * as engine from '../src/cache/index.ts'
import { importLines } from '../src/import/import.ts'
import type { RawLine } from '../src/import/lines.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { variables } from '../src/variables.ts'
import { startApi, testSecret } from './setup/api.ts'
import { testDatabase } from './setup/index.ts'
import { blocks, root, text } from './setup/pages.ts'

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
    const expected = JSON.parse(blocks(readme, 'json')[0] ?? '') as { data: object; extensions: object }
    expect([first.data, second.data]).toEqual([expected.data, expected.data])
    expect(first.extensions).toMatchObject(expected.extensions)
    expect(readme).toContain('| SQL statements | 4, one for each kind of thing | **0** |')
    expect([first, second].map(({ extensions }) => extensions?.larder?.sqlStatements)).toEqual([4, 0])
    const sumOf = ({ extensions }: typeof first, counted: string): number =>
      Object.values(extensions?.larder?.kinds ?? {}).reduce((sum, kind) => sum + (kind[counted] ?? 0), 0)
    expect(readme).toContain('| 4 loaded from the database | 4 from the cache |')
    expect([sumOf(first, 'misses'), sumOf(second, 'hits')]).toEqual([4, 4])
  } finally {
    await api.close()
  }
})

it('the explanations of docs/guides/explaining.md are those that the answers give', async () => {
  const { url, client } = await testDatabase()
  await seedCatalog(client, { products: 1000, seed: 1 })
  const api = await startApi({ url })
  try {
    const page = text('docs/guides/explaining.md').replaceAll('larder:', 'test:')
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

it('the examples of the cache work with any database', async () => {
  const [first = '', ...others] = blocks(text('src/cache/README.md'), 'ts')
  expect(first.trim().split('\n').length).toBeLessThanOrEqual(10)
  expect(others).toHaveLength(4)
  const program = first
    .replace(/^import .*\n/, '')
    .replace(/redisStore\(.*?\}\)/, 'memoryStore()')
    .replace(/<number, .*?>/, '')
  const committed: string[] = []
  const answered: string[] = []
  const world = {
    ...engine,
    database: {
      productsByIds: (ids: number[]) => Promise.resolve(ids.map((id) => ({ id, title: `Product ${id}` }))),
      pages: (pages: object[]) => Promise.resolve(pages.map(() => ({ ids: [1, 2, 3] }))),
    },
    transaction: { commit: () => Promise.resolve(committed.push('once')) },
    ids: [1, 2],
    answer: (body: string) => answered.push(body),
    found: {} as Record<string, unknown>,
  }
  // each of the others goes on from the first, with names of its own
  const source = [program, 'found.read = product', ...others.map((block, i) => `{ ${block}; ${kept[i] ?? ''} }`)]
  // the text of the page is the program under test
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function('world', `with (world) { return (async () => { ${source.join('\n')} })() }`) as (
    world: object,
  ) => Promise<void>
  await run(world)
  expect(committed).toHaveLength(1)
  expect(world.found).toEqual({
    read: { id: 1, title: 'Product 1' },
    list: [{ ids: [1, 2, 3] }],
    copy: { id: 1, title: 'Product 1' },
  })
  expect(answered.map((body) => JSON.parse(body) as unknown)).toEqual([
    [1, 2].map((id) => ({ id, title: `Product ${id}` })),
  ])
})

/** What is looked at after each example: nothing of the write, a list that is read, the copy. */
const kept = ['', "found.list = await lists.read([{ category: 7, page: 'first' }])", 'found.copy = product']

it('the token of the guide to exposing allows what the guide says', async () => {
  const snippet = blocks(text('docs/guides/exposing.md'), 'sh').find((block) => block.includes('SignJWT')) ?? ''
  const script = /^node --input-type=module -e "([\s\S]*)"\n$/.exec(snippet)?.[1] ?? ''
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(root),
    env: { ...process.env, LARDER_AUTH_SECRET: testSecret },
  })
  const { url } = await testDatabase()
  const api = await startApi({ url, production: true })
  try {
    const mutation = 'mutation { categoryDelete(id: "Category:999") { userErrors { code } } }'
    const { status, data } = await api.ask(mutation, {}, { authorization: `Bearer ${stdout.trim()}` })
    expect([status, data]).toEqual([200, { categoryDelete: { userErrors: [{ code: 'NOT_FOUND' }] } }])
    expect((await api.ask(mutation)).status).toBe(401)
  } finally {
    await api.close()
  }
})

it('the operations of the guide to frontends are answered on the sample data', async () => {
  const { url, client } = await testDatabase()
  await seedCatalog(client, { products: 1000, seed: 1 })
  const api = await startApi({ url })
  try {
    const [nextPage = '', rename = '', ...others] = blocks(text('docs/guides/frontends.md'), 'graphql')
    expect(others).toEqual([])
    const page = await api.ask(nextPage, { category: 'Category:1' })
    const { products } = page.data.category
    expect([page.errors, products.nodes.length, products.pageInfo.hasNextPage]).toEqual([undefined, 20, true])
    const next = await api.ask(nextPage, { category: 'Category:1', after: products.pageInfo.endCursor })
    expect(next.data.category.products.nodes.length).toBeGreaterThan(0)
    const given = { id: 'Product:1', title: 'Cedar Shirt', version: 1 }
    const renamed = await api.ask(rename, given)
    expect(renamed.data.productUpdate.product).toMatchObject({ title: 'Cedar Shirt', version: 2 })
    const again = await api.ask(rename, given)
    expect(again.data.productUpdate).toMatchObject({
      product: null,
      userErrors: [{ code: 'CONFLICT', currentVersion: 2 }],
    })
  } finally {
    await api.close()
  }
})

it('the manifest for Kubernetes sets variables that exist, and asks probes that answer', async () => {
  const [manifest = ''] = blocks(text('docs/guides/deploying.md'), 'yaml')
  type Probe = { httpGet: { path: string } }
  type Container = { env: { name: string; value: string }[] } & Record<
    'startupProbe' | 'livenessProbe' | 'readinessProbe',
    Probe
  >
  const { spec } = parse(manifest) as { spec: { template: { spec: { containers: Container[] } } } }
  const [container] = spec.template.spec.containers
  expect(container).toBeDefined()
  if (container === undefined) return
  const { env, startupProbe, livenessProbe, readinessProbe } = container
  for (const { name, value } of env) {
    expect([name, variables[name as keyof typeof variables]?.schema.safeParse(value).success]).toEqual([name, true])
  }
  const { url } = await testDatabase()
  const api = await startApi({ url, production: true })
  for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
    expect((await api.app.inject(httpGet.path)).statusCode).toBe(200)
  }
  await api.close()
})

it('the lines that docs/guides/importing.md shows can be imported', async () => {
  const { client } = await testDatabase()
  const lines = (blocks(text('docs/guides/importing.md'), 'json')[0] ?? '').trim().split('\n')
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
