import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()

describe.skipIf(redis === null)('a reader without catalog:write, on the cache that a writer has filled', () => {
  let writer: TestApi
  let reader: TestApi

  beforeAll(async () => {
    const { url, client } = await testDatabase()
    await storeFixture(client)
    writer = await startApi({ url, redis })
    reader = await startApi({ url, redis, production: true })
  })
  afterAll(async () => {
    await writer.close()
    await reader.close()
  })

  it.each([
    ['by id', '{ product(by: { id: "Product:4" }) { id } }', 'product'],
    ['by slug', '{ product(by: { slug: "secret-draft" }) { id } }', 'product'],
    ['by sku', '{ product(by: { sku: "SD-1" }) { id } }', 'product'],
    ['as a node', '{ node(id: "Product:4") { id } }', 'node'],
    ['through its variant', '{ node(id: "ProductVariant:5") { id } }', 'node'],
    ['through its review', '{ node(id: "Review:5") { id } }', 'node'],
  ])('does not find a draft %s', async (_path, query, field) => {
    expect((await writer.ask(query)).data[field]).not.toBeNull()
    expect((await reader.ask(query)).data).toEqual({ [field]: null })
  })

  it.each([
    [
      'nodes',
      '{ nodes(ids: ["Product:4", "ProductVariant:5", "Review:5", "Product:5", "Product:1"]) { id } }',
      { nodes: [null, null, null, null, { id: 'Product:1' }] },
    ],
    [
      'lists',
      '{ products(filter: { status: null, category: "Category:2" }) { totalCount nodes { id } } }',
      { products: { totalCount: 2, nodes: [{ id: 'Product:1' }, { id: 'Product:2' }] } },
    ],
    [
      'lists of a status',
      '{ products(filter: { status: DRAFT }) { totalCount nodes { id } } }',
      { products: { totalCount: 0, nodes: [] } },
    ],
    [
      'categories',
      '{ category(by: { slug: "shirts" }) { products(filter: { status: ARCHIVED }) { totalCount } } }',
      { category: { products: { totalCount: 0 } } },
    ],
    [
      'searches',
      '{ searchProducts(query: "draft", filter: { status: null }) { totalCount nodes { id } } }',
      { searchProducts: { totalCount: 0, nodes: [] } },
    ],
  ])('finds none in %s', async (_path, query, expected) => {
    await writer.ask(query)
    expect((await reader.ask(query)).data).toEqual(expected)
  })

  it('is not told how the cache did', async () => {
    const trace = { 'x-larder-trace': '1' }
    expect((await writer.ask('{ products { totalCount } }', {}, trace)).extensions?.larder).toBeDefined()
    expect((await reader.ask('{ products { totalCount } }', {}, trace)).extensions).toBeUndefined()
  })
})
