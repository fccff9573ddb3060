import { createServer } from 'node:http'
import { once } from 'node:events'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readArguments } from '../../src/demo/arguments.ts'
import { changesOf } from '../../src/demo/changes.ts'
import { connectTo } from '../../src/demo/client.ts'
import { runDemo } from '../../src/demo/demo.ts'
import { visitors } from '../../src/demo/reads.ts'
import { lookRound } from '../../src/demo/shop.ts'
import { zipf } from '../../src/demo/zipf.ts'
import { seedCatalog } from '../../src/seed/seed.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { testDatabase } from '../setup/index.ts'
import { runProgram } from '../setup/process.ts'

let client: pg.Client
let api: TestApi
let url: string

beforeAll(async () => {
  const database = await testDatabase()
  ;({ client } = database)
  await seedCatalog(client, { products: 30, seed: 1 })
  api = await startApi({ url: database.url, deliveryTimeoutMs: 50 })
  url = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.close())

/** What the demo may change, without what only ever grows. */
async function catalog(): Promise<unknown> {
  const variants = await client.query('SELECT id, quantity, price_minor FROM product_variant ORDER BY id')
  const reviews = await client.query('SELECT id, product_id FROM review ORDER BY id')
  return [variants.rows, reviews.rows]
}

it('draws the first thing twice as often as the second', () => {
  let draws = 0
  const spread = (): number => (draws++ % 1000) / 1000
  const draw = zipf(['a', 'b', 'c', 'd'], spread)
  const drawn = Array.from({ length: 1000 }, draw)
  const count = (thing: string): number => drawn.filter((each) => each === thing).length
  expect(count('a') / count('b')).toBeCloseTo(2, 1)
  expect(count('a') / count('d')).toBeCloseTo(4, 1)
})

it('asks for nothing that the API refuses', async () => {
  const ask = connectTo(url)
  const draw = visitors(await lookRound(ask))
  const names = new Set<string>()
  while (names.size < 5) {
    const { name, query, variables } = draw()
    names.add(name)
    expect(await ask(query, { variables })).toMatchObject({ fault: null })
  }
})

it('changes the catalog, and leaves it as it was', async () => {
  const before = await catalog()
  const ask = connectTo(url)
  const changes = changesOf(ask, await lookRound(ask))
  const names = new Set<string>()
  while (names.size < 4) {
    const made = await changes.next()
    expect(made?.fault).toBe(null)
    names.add(made?.name ?? '')
  }
  expect(await catalog()).not.toEqual(before)
  await changes.undo()
  expect(await catalog()).toEqual(before)
})

it('ends when it is interrupted, with a table of what was asked', async () => {
  const before = await catalog()
  const interrupt = new AbortController()
  const shown: string[] = []
  const show = (lines: readonly string[]): void => {
    shown.push(lines.join('\n'))
    if (shown.at(-1)?.includes('ProductPage')) interrupt.abort()
  }
  const tally = await runDemo({ url, minutes: 10, rate: 50 }, show, interrupt.signal)
  expect(tally.requests).toBeGreaterThan(0)
  expect([...tally.faults]).toEqual([])
  expect(shown.at(-1)).toMatch(/from the cache {5}done/)
  expect(shown.at(-1)).toContain('ProductPage')
  expect(await catalog()).toEqual(before)
})

it('reads alone where changes are refused', async () => {
  const changes = changesOf(() => Promise.resolve({ data: null, fault: 'UNAUTHENTICATED', ms: 1, reads: null }), {
    products: [{ id: 'Product:1', slug: 'a', word: 'a' }],
    categories: [],
    variants: [],
  })
  expect(await changes.next()).toMatchObject({ fault: 'UNAUTHENTICATED' })
  expect(await changes.next()).toBe(null)
})

it('asks this machine alone, unless it is told otherwise', () => {
  expect(readArguments([])).toEqual({ url: 'http://127.0.0.1:4000', minutes: 2, rate: 150 })
  expect(() => readArguments(['--url', 'https://shop.example'])).toThrow('shop.example is another machine')
  expect(readArguments(['--url', 'https://shop.example', '--other-machine']).url).toBe('https://shop.example')
  expect(readArguments(['--url', 'http://[::1]:4000/graphql']).url).toBe('http://[::1]:4000')
  expect(() => readArguments(['--url', 'localhost'])).toThrow('--url takes an address')
  expect(() => readArguments(['--minutes', '61'])).toThrow('--minutes takes a number up to 60')
  expect(() => readArguments(['--rate', 'fast'])).toThrow('--rate takes a number up to 1000')
})

it('says what to do where no Larder answers', async () => {
  // a port that was free a moment ago
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  const program = runProgram('src/demo/command.ts', ['--url', `http://127.0.0.1:${port}`])
  expect(await program.ended()).toBe(1)
  expect(program.output()).toContain(`No Larder answers at http://127.0.0.1:${port}. Start one with npm start`)
})
