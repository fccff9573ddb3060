import fc from 'fast-check'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { RequestTally } from '../../src/observe/request.ts'
import { startApi, testSecret, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { kept } from '../setup/garbage.ts'
import { testDatabase } from '../setup/index.ts'
import { broadQueries } from '../setup/queries.ts'

let api: TestApi
let editor: string
let expired: string

beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url, production: true, environment: { LARDER_INTROSPECTION: 'on' } })
  const key = new TextEncoder().encode(testSecret)
  editor = await new SignJWT({ scope: 'catalog:write reviews:write catalog:trace' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(key)
  expired = await new SignJWT({ scope: 'catalog:write' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(1)
    .sign(key)
})
afterAll(() => api.close())

interface Request {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\uD800',
    '👩‍👩‍👧‍👦',
    '\u202Eevil',
    'null',
    '__proto__',
    "'; DROP TABLE product; --",
    '%00',
    '../../etc/passwd',
    'x'.repeat(20_000),
  ),
  fc.constantFrom(
    'Product:1',
    'Product:01',
    'Product:99999999999999999999',
    'Review:-1',
    'Money:1',
    'Category:1e3',
    'ProductVariant:0x1',
  ),
)
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -1, 101, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e308, -0),
)
const json: fc.Arbitrary<unknown> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(text, { maxLength: 5 }),
)

const page = '{ totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } }'
/** Operations whose every variable is filled with whatever comes. */
const operations: readonly (readonly [query: string, variables: readonly string[]])[] = [
  ['query ($id: ID!) { node(id: $id) { id } }', ['id']],
  ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', ['ids']],
  ['query ($by: ProductBy!) { product(by: $by) { id title } }', ['by']],
  ['query ($by: CategoryBy!) { category(by: $by) { id name } }', ['by']],
  [
    `query ($first: Int, $after: String, $last: Int, $before: String, $filter: ProductFilter, $key: ProductSortKey, $reverse: Boolean) { products(first: $first, after: $after, last: $last, before: $before, filter: $filter, sortKey: $key, reverse: $reverse) ${page} }`,
    ['first', 'after', 'last', 'before', 'filter', 'key', 'reverse'],
  ],
  [
    `query ($query: String!, $first: Int, $after: String, $filter: ProductFilter) { searchProducts(query: $query, first: $first, after: $after, filter: $filter) ${page} }`,
    ['query', 'first', 'after', 'filter'],
  ],
  [
    `query ($parent: ID, $first: Int, $after: String) { categories(parent: $parent, first: $first, after: $after) ${page} }`,
    ['parent', 'first', 'after'],
  ],
  [
    'mutation ($input: ProductCreateInput!) { productCreate(input: $input) { product { id slug } userErrors { code field message } } }',
    ['input'],
  ],
  [
    'mutation ($id: ID!, $input: ProductUpdateInput!, $v: Int) { productUpdate(id: $id, input: $input, expectedVersion: $v) { product { id } userErrors { code } } }',
    ['id', 'input', 'v'],
  ],
  [
    'mutation ($product: ID!, $input: VariantCreateInput!) { variantCreate(product: $product, input: $input) { variant { id } userErrors { code } } }',
    ['product', 'input'],
  ],
  [
    'mutation ($id: ID!, $input: VariantUpdateInput!) { variantUpdate(id: $id, input: $input) { variant { id } userErrors { code } } }',
    ['id', 'input'],
  ],
  [
    'mutation ($variant: ID!, $delta: Int!) { inventoryAdjust(variant: $variant, delta: $delta) { variant { id } userErrors { code } } }',
    ['variant', 'delta'],
  ],
  [
    'mutation ($input: CategoryCreateInput!) { categoryCreate(input: $input) { category { id } userErrors { code } } }',
    ['input'],
  ],
  [
    'mutation ($id: ID!, $input: CategoryUpdateInput!) { categoryUpdate(id: $id, input: $input) { category { id } userErrors { code } } }',
    ['id', 'input'],
  ],
  [
    'mutation ($product: ID!, $input: ReviewCreateInput!) { reviewCreate(product: $product, input: $input) { review { id } userErrors { code } } }',
    ['product', 'input'],
  ],
  [
    'mutation ($id: ID!, $input: ReviewUpdateInput!) { reviewUpdate(id: $id, input: $input) { review { id } userErrors { code } } }',
    ['id', 'input'],
  ],
  ['mutation ($id: ID!) { reviewDelete(id: $id) { deletedId userErrors { code } } }', ['id']],
]

const money = fc.record({
  amount: fc.oneof(text, fc.constantFrom('1.00', '-5', '0', '1e9', '9'.repeat(40))),
  currencyCode: fc.oneof(text, fc.constantFrom('USD', 'XXX', 'JPY')),
})
const variant = fc.record(
  {
    sku: text,
    title: fc.oneof(text, fc.constant(null)),
    price: money,
    quantityAvailable: number,
    image: fc.record({ url: text, width: number }),
    selectedOptions: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
)
/** Inputs that look right from afar. */
const input = fc.record(
  {
    title: fc.oneof(text, fc.constant(null)),
    name: text,
    slug: text,
    descriptionHtml: fc.oneof(text, fc.constant('<p>'.repeat(5000))),
    brand: text,
    status: fc.oneof(text, fc.constant('DRAFT')),
    images: fc.array(fc.record({ url: text, altText: text }), { maxLength: 3 }),
    categories: fc.array(text, { maxLength: 3 }),
    variants: fc.array(variant, { maxLength: 3 }),
    sku: text,
    price: money,
    rating: number,
    body: text,
    author: text,
    parent: fc.oneof(text, fc.constant(null)),
    description: text,
  },
  { requiredKeys: [] },
)
const known: Record<string, readonly string[]> = {
  ProductCreateInput: ['title', 'slug', 'descriptionHtml', 'brand', 'images', 'status', 'categories', 'variants'],
  ProductUpdateInput: ['title', 'slug', 'descriptionHtml', 'brand', 'images', 'status', 'categories'],
  VariantCreateInput: ['sku', 'title', 'price'],
  VariantUpdateInput: ['sku', 'title', 'price'],
  CategoryCreateInput: ['name', 'slug', 'description', 'parent'],
  CategoryUpdateInput: ['name', 'slug', 'description', 'parent'],
  ReviewCreateInput: ['rating', 'title', 'body', 'author'],
  ReviewUpdateInput: ['rating', 'title', 'body'],
}

function post(payload: unknown, headers: Record<string, string> = {}): Request {
  return {
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  }
}

/** A text with a few of its characters taken out, doubled, or replaced. */
function damaged(whole: string): fc.Arbitrary<string> {
  return fc
    .array(
      fc.tuple(
        fc.nat(Math.max(whole.length - 1, 0)),
        fc.constantFrom('', '"', '{', '}', '(', '$', '\0', '☃', '...', '@', ':', '9'),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => changes.reduce((now, [at, by]) => now.slice(0, at) + by + now.slice(at + 1), whole))
}

const cursors = ['eyJ9', 'bm90IGEgY3Vyc29y', '', 'null', '[]', 'x'.repeat(5000)]
const operation = fc.constantFrom(...operations).chain(([query, names]) => {
  const fields = known[/\b(\w+Input)!/.exec(query)?.[1] ?? ''] ?? []
  const likely = input.map((given) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => fields.includes(name))),
  )
  return fc
    .tuple(
      ...names.map((name) =>
        name === 'input'
          ? fc.oneof(likely, likely, json)
          : name === 'after' || name === 'before'
            ? fc.oneof(json, fc.constantFrom(...cursors))
            : json,
      ),
    )
    .map((values) =>
      post(
        { query, variables: Object.fromEntries(names.map((name, i) => [name, values[i]])) },
        { authorization: `Bearer ${editor}` },
      ),
    )
})
const document = fc
  .oneof(
    fc.constantFrom(...broadQueries).chain(damaged),
    text,
    fc.nat(300).map((levels) => `{ ${'category { parent { '.repeat(levels)}`),
    fc.nat(200).map((levels) => `{ ${'a: '.repeat(levels)}__typename }`),
    fc.nat(3000).map((wide) => `{ ${Array.from({ length: wide }, (_, i) => `a${i}: __typename`).join(' ')} }`),
    fc.nat(2000).map((deep) => `{ node(id: ${'['.repeat(deep)}`),
    fc.constantFrom(
      'query A { __typename } query B { __typename }',
      'fragment A on Query { ...A } { ...A }',
      'subscription { a }',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      'query ($a: Nope) { __typename }',
      '{ product(by: {id: "Product:1"}) @defer { id } }',
    ),
  )
  .map((query) => post({ query }))
const body = fc.oneof(
  fc
    .oneof(
      text,
      json.map((value) => JSON.stringify(value) ?? ''),
    )
    .map((raw) => post(raw)),
  fc
    .constantFrom(...broadQueries)
    .chain((query) => damaged(JSON.stringify({ query })))
    .map((raw) => post(raw)),
  json.map((query) => post({ query })),
  fc
    .tuple(json, json, json)
    .map(([variables, operationName, extensions]) =>
      post({ query: '{ __typename }', variables, operationName, extensions }),
    ),
  fc
    .tuple(text, json)
    .map(([hash, version]) => post({ extensions: { persistedQuery: { version, sha256Hash: hash } } })),
  fc
    .constantFrom(
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json; charset=utf-16',
      '',
    )
    .map((type) => post('{"query":"{ __typename }"}', { 'content-type': type })),
)
const get = fc.tuple(text, text, text).map(([query, variables, extensions]): Request => ({
  method: 'GET',
  url: `/graphql?${[
    ['query', query],
    ['variables', variables],
    ['extensions', extensions],
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent((value ?? '').toWellFormed?.() ?? '')}`)
    .join('&')}`,
  headers: { 'apollo-require-preflight': '1' },
}))
const path = text.map((given): Request => ({
  method: 'GET',
  url: `/${encodeURI(given.toWellFormed?.() ?? '').replaceAll('#', '')}`,
}))
const token = fc
  .oneof(
    fc.constantFrom('', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImNhdGFsb2c6d3JpdGUifQ.'),
    fc.string({ maxLength: 60 }).map((each) => each.replaceAll(/[^\x20-\x7e]/g, '')),
    fc.constant(null).map(() => expired),
    fc.constant(new UnsecuredJWT({ scope: 'catalog:write' }).setExpirationTime('5m').encode()),
    fc.nat(100).map((at) => editor.slice(0, at) + (editor[at] === 'A' ? 'B' : 'A') + editor.slice(at + 1)),
  )
  .map((each) =>
    post({ query: 'mutation { categoryDelete(id: "Category:6") { deletedId } }' }, { authorization: `Bearer ${each}` }),
  )

const leaks =
  /node_modules|\.ts:\d|\.js:\d|\bat \w+ \(|[Pp]risma|ioredis|SELECT |INSERT |outbox|product_variant|ECONN|stack"/

it('a few thousand bad requests are each refused with a code, harm nothing, and leave nothing behind', async () => {
  const answered = vi.spyOn(RequestTally.prototype, 'event')
  // whatever keeps a request, or its context, keeps its tally
  const tallies: WeakRef<RequestTally>[] = []
  let asked = 0
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        { weight: 5, arbitrary: operation },
        { weight: 3, arbitrary: document },
        { weight: 3, arbitrary: body },
        get,
        path,
        token,
      ),
      async (request) => {
        const response = await api.app.inject(request)
        const { statusCode, body: answer } = response
        expect({ statusCode, answer: answer.slice(0, 500), isServerError: statusCode >= 500 }).toMatchObject({
          isServerError: false,
        })
        if (response.headers['content-type']?.toString().includes('json')) {
          const { errors } = JSON.parse(answer || '{}') as {
            errors?: { message: string; extensions: { code: string } }[]
          }
          for (const { extensions, message } of errors ?? []) {
            expect(extensions.code).toMatch(
              /^(GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|BAD_REQUEST|OPERATION_RESOLUTION_FAILURE|QUERY_TOO_COMPLEX|UNAUTHENTICATED|REQUEST_TOO_LARGE|NOT_FOUND|PERSISTED_QUERY_NOT_FOUND)$/,
            )
            expect(message).not.toMatch(leaks)
          }
        }
        tallies.push(...answered.mock.contexts.map((tally) => new WeakRef(tally as RequestTally)))
        answered.mockClear()
        asked += 1
        if (asked % 100 === 0) {
          const good = await api.ask('{ product(by: { id: "Product:7" }) { id } }')
          expect([good.status, good.errors]).toEqual([200, undefined])
        }
      },
    ),
    { numRuns: Number(process.env['LARDER_TEST_RUNS'] ?? 3000) },
  )
  answered.mockRestore()
  expect(tallies.length).toBeGreaterThan(0)
  // some frame may still hold the last one
  expect(await kept(tallies)).toBeLessThan(2)
})
