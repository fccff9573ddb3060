import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let api: TestApi

beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url })
})
afterAll(() => api.close())

async function found(field: string): Promise<number[]> {
  const { data, errors } = await api.ask(`{ list: ${field} { totalCount nodes { id } } }`)
  expect(errors).toBeUndefined()
  const ids = data.list.nodes.map((node: { id: string }) => Number(node.id.slice('Product:'.length)))
  expect(data.list.totalCount).toBe(ids.length)
  return ids
}

describe('a filter of products', () => {
  it.each([
    ['status: ACTIVE', [3, 8, 7, 6, 1, 2]],
    ['status: DRAFT', [4]],
    ['status: null', [4, 3, 8, 7, 6, 1, 2, 5]],
    ['inStock: true', [3, 8, 7, 1]],
    ['inStock: false', [6, 2]],
    ['brand: "Nordvik"', [1, 2]],
    ['brand: "nordvik"', []],
    ['brand: "a\\u0000b"', []],
    ['currency: "EUR"', [3]],
    ['minPrice: "49.00"', [8, 1, 2]],
    ['minPrice: 49.001', [1]],
    ['minPrice: 4.9001e1', [1]],
    ['maxPrice: "49"', [8, 1, 2]],
    ['maxPrice: "48.999"', []],
    ['minPrice: "50", maxPrice: "58"', []],
    ['minPrice: "-1", maxPrice: "1000000000000000000000000"', [8, 1, 2]],
    ['minPrice: "1000000000000000000000000"', []],
    ['currency: "JPY", minPrice: "1979.5", maxPrice: "1980.5"', [7]],
    ['currency: "JPY", minPrice: "1980.5"', []],
    ['category: "Category:1"', [1, 2]],
    ['category: "Category:1", includeSubcategories: false', []],
    ['category: "Category:2", includeSubcategories: false', [1, 2]],
    ['category: "Category:4", includeSubcategories: null', [3, 8, 7]],
    ['category: "Category:99999999999"', []],
    ['category: "Category:99"', []],
    ['category: "Category:2", status: null, brand: "Tallow"', [5]],
  ])('{ %s } finds what meets it', async (filter, ids) => {
    expect(await found(`products(filter: { ${filter} })`)).toEqual(ids)
  })

  it('narrows the products of a category further', async () => {
    const { data } = await api.ask(`{ category(by: { slug: "clothing" }) {
      both: products(filter: { category: "Category:3" }) { nodes { id } }
      elsewhere: products(filter: { category: "Category:4" }) { totalCount } } }`)
    expect(data.category).toEqual({ both: { nodes: [{ id: 'Product:1' }] }, elsewhere: { totalCount: 0 } })
  })
})

describe('a search', () => {
  it.each([
    ['shirt', [1, 2, 8, 3]],
    ['SHIRT sea', [1]],
    ['sh', [1, 2, 8, 3]],
    ['sh sea', []],
    ['shirt nothing', []],
    ['cafe', [7, 8]],
    ['CAFÉ', [7, 8]],
    ['e\u0301le', [7]],
    ['nordvik', [1, 2]],
    ['linen', [1]],
    ['hs m', [1]],
    ['', []],
    [' !? ', []],
    ["o'no & | ! :* <-> \\", []],
  ])('for "%s" finds what has every word, best matches first', async (words, ids) => {
    expect(await found(`searchProducts(query: ${JSON.stringify(words)})`)).toEqual(ids)
  })

  it('is narrowed by a filter', async () => {
    expect(await found('searchProducts(query: "shirt", filter: { category: "Category:1", inStock: true })')).toEqual([
      1,
    ])
    expect(await found('searchProducts(query: "secret", filter: { status: null })')).toEqual([4])
    expect(await found('searchProducts(query: "secret")')).toEqual([])
  })
})
