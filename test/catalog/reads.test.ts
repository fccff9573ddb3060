import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()

describe.each([
  { store: 'the in-process store', on: null, skip: false },
  { store: 'Redis', on: redis, skip: redis === null },
])('the catalog on $store', ({ on, skip }) => {
  let api: TestApi

  describe.skipIf(skip)('read', () => {
    beforeAll(async () => {
      const { url, client } = await testDatabase()
      await storeFixture(client)
      api = await startApi({ url, redis: on })
    })
    afterAll(() => api.close())

    it('answers every field of a product', async () => {
      const query = `{ product(by: { slug: "harbor-shirt" }) {
        __typename id slug title description descriptionHtml brand status version createdAt updatedAt inStock
        images { url altText width height } featuredImage { url }
        priceRange { min { amount currencyCode } max { amount currencyCode } }
        categories { slug } reviewSummary { count averageRating distribution }
        variants { totalCount nodes { sku } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
        reviews { totalCount nodes { id } edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
      } }`
      const cold = await api.ask(query)
      expect(cold.errors).toBeUndefined()
      const { product } = cold.data
      expect(product).toMatchObject({
        __typename: 'Product',
        id: 'Product:1',
        slug: 'harbor-shirt',
        title: 'Harbor Shirt',
        description: 'A shirt for the sea',
        descriptionHtml: '<p>A shirt for the sea</p>',
        brand: 'Nordvik',
        status: 'ACTIVE',
        version: 1,
        createdAt: '2026-01-01T10:00:00.001Z',
        updatedAt: '2026-01-02T10:00:00.000Z',
        inStock: true,
        images: [
          { url: 'http://localhost:80/pictures/top-10-0.svg', altText: 'Front', width: 800, height: 800 },
          { url: 'https://pictures.example/2.jpg', altText: null, width: null, height: null },
        ],
        featuredImage: { url: 'http://localhost:80/pictures/top-10-0.svg' },
        priceRange: { min: { amount: '49.00', currencyCode: 'USD' }, max: { amount: '59.00', currencyCode: 'USD' } },
        categories: [{ slug: 'linen-shirts' }, { slug: 'shirts' }],
        reviewSummary: { count: 3, averageRating: 13 / 3, distribution: [0, 0, 0, 2, 1] },
        variants: { totalCount: 2, nodes: [{ sku: 'HS-S' }, { sku: 'HS-M' }] },
        reviews: { totalCount: 3, nodes: [{ id: 'Review:2' }, { id: 'Review:3' }, { id: 'Review:1' }] },
      })
      expect(product.variants.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: product.variants.edges[0].cursor,
        endCursor: product.variants.edges[1].cursor,
      })
      const warm = await api.ask(query)
      expect(warm.data).toEqual(cold.data)
    })

    it('answers every field of a variant, a review and a category through node', async () => {
      const { data, errors } = await api.ask(`{
        variant: node(id: "ProductVariant:1") { __typename id ... on ProductVariant {
          sku title price { amount currencyCode } quantityAvailable inStock image { url altText }
          selectedOptions { name value } version product { slug } } }
        review: node(id: "Review:1") { __typename id ... on Review { rating title body author createdAt product { slug } } }
        category: node(id: "Category:3") { __typename id ... on Category {
          slug name description image { url } version parent { slug parent { slug parent { slug } } }
          ancestors { slug } children { slug } products { totalCount nodes { slug } } } }
      }`)
      expect(errors).toBeUndefined()
      expect(data).toEqual({
        variant: {
          __typename: 'ProductVariant',
          id: 'ProductVariant:1',
          sku: 'HS-S',
          title: 'S',
          price: { amount: '49.00', currencyCode: 'USD' },
          quantityAvailable: 3,
          inStock: true,
          image: { url: 'http://localhost:80/pictures/top-20-0.svg', altText: null },
          selectedOptions: [{ name: 'Size', value: 'S' }],
          version: 1,
          product: { slug: 'harbor-shirt' },
        },
        review: {
          __typename: 'Review',
          id: 'Review:1',
          rating: 5,
          title: 'Lovely',
          body: 'Fits well',
          author: 'Ada L.',
          createdAt: '2026-03-01T00:00:00.000Z',
          product: { slug: 'harbor-shirt' },
        },
        category: {
          __typename: 'Category',
          id: 'Category:3',
          slug: 'linen-shirts',
          name: 'Linen',
          description: '',
          image: null,
          version: 1,
          parent: { slug: 'shirts', parent: { slug: 'clothing', parent: null } },
          ancestors: [{ slug: 'clothing' }, { slug: 'shirts' }],
          children: [],
          products: { totalCount: 1, nodes: [{ slug: 'harbor-shirt' }] },
        },
      })
    })

    it('finds a product by id, slug and sku, in the spellings that mean the same', async () => {
      const { data } = await api.ask(`{
        id: product(by: { id: "Product:7" }) { slug }
        slug: product(by: { slug: "CAFE-Cup" }) { slug }
        sku: product(by: { sku: "CUP-1" }) { slug priceRange { min { amount currencyCode } } }
        otherSku: product(by: { sku: "cup-1" }) { slug }
        none: product(by: { slug: "no such" }) { slug }
      }`)
      expect(data).toEqual({
        id: { slug: 'cafe-cup' },
        slug: { slug: 'cafe-cup' },
        sku: { slug: 'cafe-cup', priceRange: { min: { amount: '1980', currencyCode: 'JPY' } } },
        otherSku: null,
        none: null,
      })
    })

    it('answers nodes in the order asked, null where there is none, however large the number', async () => {
      const ids = ['Review:1', 'Product:999', 'Product:1', 'Product:99999999999999999999', 'Review:1', 'Category:1']
      const { data } = await api.ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, { ids })
      expect(data.nodes).toEqual([
        { id: 'Review:1' },
        null,
        { id: 'Product:1' },
        null,
        { id: 'Review:1' },
        { id: 'Category:1' },
      ])
    })

    it('lists the roots and the children of a category by name', async () => {
      const { data } = await api.ask(`{
        roots: categories { totalCount nodes { name } }
        below: categories(parent: "Category:1") { nodes { name } edges { cursor node { slug } } pageInfo { hasNextPage } }
        nowhere: categories(parent: "Category:99999999999") { totalCount nodes { name } }
        category(by: { slug: "clothing" }) { children { name } image { url altText } }
        byId: category(by: { id: "Category:4" }) { description }
        none: category(by: { slug: "none" }) { id }
      }`)
      expect(data).toMatchObject({
        roots: { totalCount: 3, nodes: [{ name: 'Clothing' }, { name: 'Empty' }, { name: 'Kitchen' }] },
        below: { nodes: [{ name: 'Shirts' }], pageInfo: { hasNextPage: false } },
        nowhere: { totalCount: 0, nodes: [] },
        category: { children: [{ name: 'Shirts' }], image: { altText: 'Clothes' } },
        byId: { description: 'To cook' },
        none: null,
      })
    })

    it('says what a product without variants and reviews has', async () => {
      const { data } = await api.ask(
        `{ product(by: { slug: "bare" }) { inStock priceRange { min { amount } } reviewSummary { count averageRating distribution } featuredImage { url } } }`,
      )
      expect(data.product).toEqual({
        inStock: false,
        priceRange: null,
        reviewSummary: { count: 0, averageRating: null, distribution: [0, 0, 0, 0, 0] },
        featuredImage: null,
      })
    })
  })
})
