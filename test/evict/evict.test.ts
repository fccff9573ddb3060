import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Relay } from '../../src/database/relay.ts'
import { readArguments } from '../../src/evict/wanted.ts'
import { seedCatalog } from '../../src/seed/seed.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { coherent } from '../setup/coherent.ts'
import { testDatabase } from '../setup/index.ts'
import { runProgram } from '../setup/process.ts'
import { until } from '../setup/until.ts'

let url: string
let api: TestApi
let relay: Relay

beforeAll(async () => {
  const database = await testDatabase()
  url = database.url
  await seedCatalog(database.client, { products: 20, seed: 1 })
  api = await startApi({ url })
  relay = await coherent(api, url, 20_000)
  await until(() => api.cache.trusted)
})
afterAll(async () => {
  await relay.stop()
  await api.close()
})

/** The command as an operator runs it. */
async function evict(...args: string[]): Promise<{ code: number | null; output: string }> {
  const program = runProgram('src/evict/command.ts', args, { DATABASE_URL: url, LARDER_CACHE_PREFIX: 'test' })
  return { code: await program.ended(), output: program.output() }
}

/** Reads some products, so that they are cached, and tells how many of them were already. */
async function hitsOf(ids: readonly number[]): Promise<number> {
  let hits = 0
  await api.catalog.kinds.product.read(ids, (event) => {
    if (event.type === 'hit') hits += event.count
  })
  return hits
}

it('evicts one thing for the servers that run, and nothing besides', async () => {
  await hitsOf([1, 2])
  expect(await hitsOf([1, 2])).toBe(2)
  const { code, output } = await evict('product', '1')
  expect(code).toBe(0)
  expect(output).toContain('  product:1\n')
  expect(output).toContain('Every running server has evicted it.')
  expect(await hitsOf([1, 2])).toBe(1)
})

it('finds a thing by its other name', async () => {
  await hitsOf([3])
  const [found] = await api.catalog.kinds.product.read([3])
  const { slug } = found as { slug: string }
  const { output } = await evict('product', slug)
  expect(output).toContain('  product:3\n')
  expect(output).toContain(`  product-by-slug:${slug}\n`)
  expect(await hitsOf([3])).toBe(0)
})

it('evicts a kind as a whole, and everything', async () => {
  for (const args of [['--kind', 'product'], ['--all']]) {
    await hitsOf([4, 5])
    expect(await hitsOf([4, 5])).toBe(2)
    const { output } = await evict(...args)
    expect(output).toContain('  generation:product\n')
    expect(await hitsOf([4, 5])).toBe(0)
  }
})

it('tells what was not understood', async () => {
  const { code, output } = await evict('--kind', 'products')
  expect(code).toBe(1)
  expect(output).toContain('There is no kind "products". The kinds are category, category-ancestors,')
  expect(() => readArguments([])).toThrow('Name one thing')
  expect(() => readArguments(['product', '1', '--all'])).toThrow('Name one thing')
  expect(() => readArguments(['products', '1'])).toThrow('"products" is not one of product, variant, category, review')
  expect(() => readArguments(['product'])).toThrow('Name one product')
  expect(() => readArguments(['product', '1', '2'])).toThrow('Name one product')
})
