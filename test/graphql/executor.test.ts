import { afterAll, beforeAll, expect, it } from 'vitest'
import type pg from 'pg'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'
import { broadQueries } from '../setup/queries.ts'

let api: TestApi
let client: pg.Client

beforeAll(async () => {
  const database = await testDatabase()
  client = database.client
  await storeFixture(client)
  api = await startApi({ url: database.url, production: true })
})
afterAll(() => api.close())

/** What is asked first is walked through, and from then on compiled. An explained request is always executed. */
async function walkedAndCompiled(query: string, variables: object = {}): Promise<readonly object[]> {
  const headers = { 'x-larder-trace': '1' }
  const answers = []
  for (let i = 0; i < 3; i += 1) {
    const { data, errors, status } = await api.ask(query, variables, headers)
    answers.push({ data, status, errors: errors?.map((error) => withoutId(error)) })
  }
  return answers
}

/** What is masked carries the id of its request. */
function withoutId(error: { message: string; extensions: object }): object {
  const { requestId: _id, ...extensions } = error.extensions as { requestId?: string }
  return { ...error, extensions }
}

it('a compiled query answers what a walked one does, for every query there is', async () => {
  for (const query of broadQueries) {
    const [walked, ...compiled] = await walkedAndCompiled(query)
    for (const each of compiled) expect(each).toEqual(walked)
  }
})

it.each([
  [
    'an argument that a resolver refuses',
    'query Q {\n  a: product(by: { slug: "bare" }) { title }\n  node(id: "?") { id }\n}',
    {},
  ],
  ['a cursor that is none', '{ products(first: 1, after: "?") { nodes { id } } }', {}],
  ['two of one', 'query ($by: ProductBy!) { product(by: $by) { id } }', { by: { id: 'Product:1', slug: 'bare' } }],
  ['none of one', 'query ($by: ProductBy!) { product(by: $by) { id } }', { by: {} }],
  ['null of one', 'query ($by: ProductBy!) { product(by: $by) { id } }', { by: { id: null } }],
  ['a variable of another type', 'query ($n: Int) { products(first: $n) { nodes { id } } }', { n: 'one' }],
  ['a variable that is missing', 'query ($id: ID!) { node(id: $id) { id } }', {}],
  [
    'an enum that is none',
    'query ($k: ProductSortKey) { products(first: 1, sortKey: $k) { nodes { id } } }',
    { k: 'X' },
  ],
  ['what is skipped', 'query ($s: Boolean!) { product(by: { slug: "bare" }) { id title @skip(if: $s) } }', { s: true }],
])('says the same, compiled and walked, of %s', async (_what, query, variables) => {
  const [walked, ...compiled] = await walkedAndCompiled(query, variables)
  for (const each of compiled) expect(each).toEqual(walked)
})

it('tells a database that fails as a walked query does, where it fails', async () => {
  const query = '{ a: products(first: 1, sortKey: TITLE) { nodes { title } } b: __typename }'
  await walkedAndCompiled(query)
  await client.query('ALTER TABLE product RENAME TO products')
  await api.cache.store.renew()
  const [compiled] = await walkedAndCompiled(query)
  const [walked] = await walkedAndCompiled(`${query} `)
  await client.query('ALTER TABLE products RENAME TO product')
  expect(compiled).toEqual(walked)
  expect(compiled).toMatchObject({ errors: [{ path: ['a', 'nodes'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }] })
})
