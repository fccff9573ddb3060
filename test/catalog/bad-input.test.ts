import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { testDatabase } from '../setup/index.ts'

let api: TestApi

beforeAll(async () => {
  api = await startApi({ url: (await testDatabase()).url })
})
afterAll(() => api.close())

describe('what cannot be used is refused with a code and a sentence', () => {
  it.each([
    ['{ node(id: "42") { id } }', 200, 'BAD_USER_INPUT', 'id of node takes an id such as'],
    ['{ node(id: "product:42") { id } }', 200, 'BAD_USER_INPUT', 'but received "product:42"'],
    ['{ node(id: "Product:042") { id } }', 200, 'BAD_USER_INPUT', 'id of node'],
    ['{ node(id: "Product:-1") { id } }', 200, 'BAD_USER_INPUT', 'id of node'],
    ['{ node(id: "Product:1\\n") { id } }', 200, 'BAD_USER_INPUT', 'id of node'],
    ['{ node(id: "Money:1") { id } }', 200, 'BAD_USER_INPUT', 'id of node'],
    ['{ nodes(ids: ["Product:1", ""]) { id } }', 400, 'BAD_USER_INPUT', 'ids of nodes'],
    ['{ product(by: { id: "Category:1" }) { id } }', 200, 'BAD_USER_INPUT', '"Product:42"'],
    ['{ category(by: { id: "Product:1" }) { id } }', 200, 'BAD_USER_INPUT', '"Category:42"'],
    ['{ categories(parent: "Product:1") { totalCount } }', 400, 'BAD_USER_INPUT', 'parent of categories'],
    ['{ products(filter: { category: "1" }) { totalCount } }', 400, 'BAD_USER_INPUT', 'filter.category of products'],
    ['{ products(filter: { minPrice: "cheap" }) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'Decimal takes'],
    ['{ products(filter: { minPrice: "1e3" }) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'Decimal takes'],
    ['{ products(filter: { minPrice: 1e99 }) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'Decimal takes'],
    ['{ products(filter: { currency: "usd" }) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'usd'],
    ['{ products(first: 99999999999) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', '32-bit'],
    ['{ products(sortKey: CHEAPEST) { totalCount } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'CHEAPEST'],
    ['{ product(by: {}) { id } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'exactly one key'],
    ['{ product(by: { id: "Product:1", slug: "a" }) { id } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'exactly one key'],
    ['{ product(by: { id: null }) { id } }', 400, 'GRAPHQL_VALIDATION_FAILED', 'must be non-null'],
    ['{ product(by: ', 400, 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['{ nothing }', 400, 'GRAPHQL_VALIDATION_FAILED', 'nothing'],
    [`{ searchProducts(query: "${'a '.repeat(17)}") { totalCount } }`, 400, 'BAD_USER_INPUT', 'up to 16 words'],
    [`{ searchProducts(query: "${'a'.repeat(257)}") { totalCount } }`, 400, 'BAD_USER_INPUT', 'up to 256 characters'],
  ])('%s', async (query, status, code, message) => {
    const answer = await api.ask(query)
    expect(answer.errors?.[0]?.message).toContain(message)
    expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([status, code])
    expect(answer.errors?.[0]?.extensions).toEqual({ code })
  })

  it.each([
    [{ by: {} }, 'Exactly one key'],
    [{ by: { id: 'Product:1', sku: 'x' } }, 'Exactly one key'],
    [{ by: { id: null } }, 'non-null'],
    [{}, 'was not provided'],
  ])('variables %j', async (variables, message) => {
    const answer = await api.ask('query ($by: ProductBy!) { product(by: $by) { id } }', variables)
    expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
    expect(answer.errors?.[0]?.message).toContain(message)
  })

  it('a price as a JSON number in variables', async () => {
    const query = 'query ($min: Decimal) { products(filter: { minPrice: $min }) { totalCount } }'
    const number = await api.ask(query, { min: 19.9 })
    expect([number.status, number.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
    expect((await api.ask(query, { min: '19.90' })).data).toEqual({ products: { totalCount: 0 } })
  })

  it('more than 100 nodes', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => `Product:${i}`)
    const answer = await api.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
    expect(answer.errors?.[0]?.message).toBe('ids of nodes takes up to 100 ids, but received 101')
    expect(
      (await api.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids.slice(1) })).data.nodes,
    ).toHaveLength(100)
  })

  it('one field alone, and the rest is answered', async () => {
    const answer = await api.ask('{ bad: node(id: "x") { id } good: products { totalCount } }')
    expect(answer.status).toBe(200)
    expect(answer.data).toEqual({ bad: null, good: { totalCount: 0 } })
    expect(answer.errors).toHaveLength(1)
  })
})
