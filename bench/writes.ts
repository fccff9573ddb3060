import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { readConfig } from '../src/config.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { openDatabase } from '../src/database/open.ts'
import { startApi, type TestApi } from '../test/setup/api.ts'
import { generator, zipf } from './draw.ts'

// What each mutation evicts, and what is left of the hit ratio while so many of all requests are mutations. Counts, not
// times: they come out the same on any machine. npm run bench:writes

const products = 2000
const warmUp = 4000
const measured = 20_000

const reads = [
  (id: number) =>
    `{ product(by: { id: "Product:${id}" }) { title inStock priceRange { min { amount } } categories { name } } }`,
  (id: number) =>
    `{ product(by: { id: "Product:${id}" }) { title description variants { nodes { sku price { amount } quantityAvailable } } reviewSummary { averageRating } reviews { nodes { rating title } } } }`,
  (id: number) =>
    `{ category(by: { id: "Category:${(id % 40) + 1}" }) { name ancestors { name } products(first: 20) { nodes { title priceRange { min { amount } } reviewSummary { count } } } } }`,
  (id: number) =>
    `{ category(by: { id: "Category:${(id % 40) + 1}" }) { products(first: 20, sortKey: PRICE, filter: { inStock: true }) { totalCount nodes { title priceRange { min { amount } } } } } }`,
]

const errors = 'userErrors { code }'
/** How a shop changes: stock most of all, then reviews and prices, texts, and rarely the tree. */
const writes: readonly (readonly [share: number, name: string, mutation: (id: number, n: number) => string])[] = [
  [
    0.6,
    'inventoryAdjust',
    (id) => `mutation { inventoryAdjust(variant: "ProductVariant:${id}", delta: 1) { ${errors} } }`,
  ],
  [
    0.15,
    'reviewCreate',
    (id, n) =>
      `mutation { reviewCreate(product: "Product:${id}", input: { rating: ${(n % 5) + 1}, title: "T", body: "", author: "A" }) { ${errors} } }`,
  ],
  [
    0.15,
    'productUpdate, description',
    (id, n) =>
      `mutation { productUpdate(id: "Product:${id}", input: { descriptionHtml: "<p>Text ${n}</p>" }) { ${errors} } }`,
  ],
  [
    0.05,
    'productUpdate, title',
    (id, n) => `mutation { productUpdate(id: "Product:${id}", input: { title: "Title ${n}" }) { ${errors} } }`,
  ],
  [
    0.04,
    'productUpdate, status',
    (id, n) =>
      `mutation { productUpdate(id: "Product:${id}", input: { status: ${n % 2 === 0 ? 'ACTIVE' : 'DRAFT'} }) { ${errors} } }`,
  ],
  [
    0.01,
    'categoryUpdate, name',
    (id, n) =>
      `mutation { categoryUpdate(id: "Category:${(id % 40) + 1}", input: { name: "Name ${n}" }) { ${errors} } }`,
  ],
]
/** Mutations that are only looked at one by one. */
const single: readonly (readonly [name: string, mutation: string])[] = [
  [
    'productCreate, in one category',
    'mutation { productCreate(input: { title: "New", categories: ["Category:5"], variants: [{ sku: "NEW-1", price: { amount: "5", currencyCode: "USD" } }] }) { userErrors { code } } }',
  ],
  [
    'productUpdate, title',
    'mutation { productUpdate(id: "Product:7", input: { title: "Other words" }) { userErrors { code } } }',
  ],
  [
    'productUpdate, description',
    'mutation { productUpdate(id: "Product:7", input: { descriptionHtml: "<p>Other</p>" }) { userErrors { code } } }',
  ],
  [
    'productUpdate, images',
    'mutation { productUpdate(id: "Product:7", input: { images: [] }) { userErrors { code } } }',
  ],
  [
    'productUpdate, slug',
    'mutation { productUpdate(id: "Product:7", input: { slug: "other" }) { userErrors { code } } }',
  ],
  [
    'productUpdate, status',
    'mutation { productUpdate(id: "Product:11", input: { status: ARCHIVED }) { userErrors { code } } }',
  ],
  [
    'productUpdate, categories',
    'mutation { productUpdate(id: "Product:12", input: { categories: ["Category:6"] }) { userErrors { code } } }',
  ],
  [
    'inventoryAdjust, some left before and after',
    'mutation { inventoryAdjust(variant: "ProductVariant:20", delta: 100) { userErrors { code } } }',
  ],
  [
    'inventoryAdjust again',
    'mutation { inventoryAdjust(variant: "ProductVariant:20", delta: -1) { userErrors { code } } }',
  ],
  [
    'variantCreate',
    'mutation { variantCreate(product: "Product:1", input: { sku: "NEW-2", price: { amount: "1", currencyCode: "USD" } }) { userErrors { code } } }',
  ],
  [
    'variantUpdate, title',
    'mutation { variantUpdate(id: "ProductVariant:30", input: { title: "Other words" }) { userErrors { code } } }',
  ],
  [
    'reviewCreate',
    'mutation { reviewCreate(product: "Product:9", input: { rating: 1, title: "T", body: "", author: "A" }) { userErrors { code } } }',
  ],
  [
    'reviewUpdate, text',
    'mutation { reviewUpdate(id: "Review:9", input: { title: "Other words" }) { userErrors { code } } }',
  ],
  [
    'categoryUpdate, description',
    'mutation { categoryUpdate(id: "Category:5", input: { description: "Other" }) { userErrors { code } } }',
  ],
  [
    'categoryUpdate, parent',
    'mutation { categoryUpdate(id: "Category:9", input: { parent: "Category:1" }) { userErrors { code } } }',
  ],
  ['productDelete', 'mutation { productDelete(id: "Product:7") { userErrors { code } } }'],
]

async function ask(api: TestApi, query: string): Promise<void> {
  // a request that is to be explained is executed, and not served whole: what counts here is entries
  const { data, errors: failed } = await api.ask(query, {}, { 'x-larder-trace': '1' })
  if (failed !== undefined) throw new Error(`${failed[0]?.message}: ${query}`)
  const [answer] = Object.values(data as Record<string, { userErrors?: { code: string }[] } | null>)
  const refused = answer?.userErrors?.[0]
  if (refused !== undefined && refused.code !== 'NOT_FOUND') throw new Error(`${refused.code}: ${query}`)
}

function evicted(api: TestApi): string[] {
  return api.events.flatMap((event) => (event.type === 'evict' ? event.keys : []))
}

async function tellEvictions(api: TestApi): Promise<void> {
  console.log('| mutation | entries | groups of lists | which |\n| --- | ---: | ---: | --- |')
  for (const [name, mutation] of single) {
    api.events.length = 0
    await ask(api, mutation)
    const keys = evicted(api).map((key) => decodeURIComponent(key).split(':').slice(1).join(':'))
    const groups = keys.filter((key) => key.startsWith('group:'))
    const kinds = [
      ...new Set(
        keys.map((key) =>
          key
            .replace('group:', '')
            .replaceAll(/\d+/g, '…')
            .replace(/^([\w-]+):.*/, '$1'),
        ),
      ),
    ]
    console.log(
      `| ${name} | ${keys.length - groups.length} | ${groups.length} | ${kinds.map((kind) => `\`${kind}\``).join(' ')} |`,
    )
  }
}

async function tellHitRatio(api: TestApi, share: number): Promise<void> {
  const random = generator(1)
  const place = zipf(products, random)
  const id = (): number => place() + 1
  await api.cache.store.renew()
  let written = 0
  for (let n = 0; n < warmUp + measured; n += 1) {
    if (n === warmUp) api.events.length = written = 0
    if (random() < share) {
      let drawn = random()
      const [, , mutation] = writes.find(([part]) => (drawn -= part) < 0) ?? writes[0] ?? []
      if (mutation !== undefined) await ask(api, mutation(id(), n))
      written += 1
    } else await ask(api, reads[Math.floor(random() * reads.length)]?.(id()) ?? '')
  }
  const count = (...types: readonly string[]): number =>
    api.events.reduce((sum, event) => sum + (types.includes(event.type) && 'count' in event ? event.count : 0), 0)
  const hits = count('hit', 'negative')
  const reached = hits + count('miss', 'join', 'wait', 'bypass')
  const perWrite = written === 0 ? '' : (evicted(api).length / written).toFixed(1)
  const statements = api.events.filter(({ type }) => type === 'load').length / (measured - written)
  console.log(`| ${share * 100}% | ${((100 * hits) / reached).toFixed(2)}% | ${statements.toFixed(3)} | ${perWrite} |`)
}

const directory = mkdtempSync(join(tmpdir(), 'larder-bench-'))
const source = await openDatabase(readConfig({ LARDER_DIRECTORY: directory }), 'api', () => {})
try {
  const client = new pg.Client({ connectionString: source.url })
  await client.connect()
  await seedCatalog(client, { products, seed: 1 })
  await client.query('DELETE FROM outbox')
  await client.end()
  const api = await startApi({ url: source.url })
  console.log(`${products} products; ${measured} requests after ${warmUp}; ids from Zipf(1.0)\n`)
  console.log(
    '| writes | entries found in the cache | SQL statements a read | keys evicted a write |\n| ---: | ---: | ---: | ---: |',
  )
  for (const share of [0, 0.01, 0.05, 0.2]) await tellHitRatio(api, share)
  console.log('')
  await tellEvictions(api)
  await api.close()
} finally {
  await source.stop()
  rmSync(directory, { recursive: true, force: true })
}
