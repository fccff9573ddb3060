import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type pg from 'pg'
import { DatabaseUnavailableError } from '../../src/database/errors.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let url: string
let api: TestApi
let client: pg.Client

beforeAll(async () => {
  const database = await testDatabase()
  client = database.client
  url = database.url
  api = await startApi({ url })
})
beforeEach(async () => {
  await client.query('TRUNCATE category, product CASCADE')
  await storeFixture(client)
  await api.cache.store.renew()
})
afterAll(() => api.close())

const selections: Record<string, string> = {
  productCreate:
    'product { id slug title description descriptionHtml brand status version inStock images { url altText } categories { slug } priceRange { min { amount currencyCode } } variants { nodes { sku title quantityAvailable selectedOptions { name value } price { amount } } } }',
  productUpdate:
    'product { id slug title description descriptionHtml brand status version images { url } categories { slug } }',
  productDelete: 'deletedId',
  variantCreate:
    'variant { id sku title version quantityAvailable price { amount currencyCode } image { url } product { id inStock } }',
  variantUpdate:
    'variant { id sku title version quantityAvailable price { amount currencyCode } image { url } selectedOptions { name } product { priceRange { min { amount } } } }',
  variantDelete: 'deletedId',
  inventoryAdjust: 'variant { quantityAvailable inStock version product { inStock } }',
  categoryCreate: 'category { id slug name description version image { url } parent { slug } ancestors { slug } }',
  categoryUpdate: 'category { id slug name description version image { url } parent { slug } ancestors { slug } }',
  categoryDelete: 'deletedId',
  reviewCreate: 'review { id rating title body author product { reviewSummary { count averageRating } } }',
  reviewUpdate: 'review { id rating title body author }',
  reviewDelete: 'deletedId',
}
const types: Record<string, string> = {
  id: 'ID!',
  product: 'ID!',
  variant: 'ID!',
  delta: 'Int!',
  expectedVersion: 'Int',
}

// a test knows what it asks for
// oxlint-disable-next-line typescript/no-explicit-any
async function run(name: string, variables: Record<string, unknown>): Promise<any> {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const parameters = Object.keys(variables).map((each) => `$${each}: ${types[each] ?? input}`)
  const given = Object.keys(variables).map((each) => `${each}: $${each}`)
  const query = `mutation(${parameters.join()}) { ${name}(${given.join()}) { ${selections[name]} userErrors { field code message currentVersion } } }`
  const answer = await api.ask(query, variables)
  if (answer.errors !== undefined) throw new Error(`${answer.errors[0]?.extensions.code}: ${answer.errors[0]?.message}`)
  return answer.data[name]
}

// oxlint-disable-next-line typescript/no-explicit-any
async function codes(answer: Promise<any>): Promise<string[]> {
  const { userErrors, ...rest } = await answer
  if (userErrors.length > 0) expect(Object.values(rest)).toEqual([null])
  return userErrors.map((each: { field: string[] | null; code: string }) => `${each.code} ${each.field?.join('.')}`)
}

describe('productCreate', () => {
  it('stores everything that is given, and answers with it', async () => {
    const input = {
      title: '  Sea Kettle ',
      descriptionHtml: '<p>Boils <b>water</b><script>alert(1)</script></p>',
      brand: 'Nordvik',
      images: [{ url: 'https://pictures.example/kettle.jpg', altText: 'A kettle', width: 10, height: 20 }],
      status: 'DRAFT',
      categories: ['Category:5', 'Category:4'],
      variants: [
        {
          sku: 'K-1',
          title: 'Red',
          price: { amount: '49.90', currencyCode: 'EUR' },
          quantityAvailable: 3,
          selectedOptions: [{ name: 'Color', value: 'Red' }],
        },
        { sku: 'K-2', price: { amount: '59.90', currencyCode: 'EUR' } },
      ],
    }
    expect(await run('productCreate', { input })).toEqual({
      product: {
        id: 'Product:1001',
        slug: 'sea-kettle',
        title: 'Sea Kettle',
        description: 'Boils water',
        descriptionHtml: '<p>Boils <b>water</b></p>',
        brand: 'Nordvik',
        status: 'DRAFT',
        version: 1,
        inStock: true,
        images: [{ url: 'https://pictures.example/kettle.jpg', altText: 'A kettle' }],
        categories: [{ slug: 'mugs' }, { slug: 'kitchen' }],
        priceRange: { min: { amount: '49.90', currencyCode: 'EUR' } },
        variants: {
          nodes: [
            {
              sku: 'K-1',
              title: 'Red',
              quantityAvailable: 3,
              selectedOptions: [{ name: 'Color', value: 'Red' }],
              price: { amount: '49.90' },
            },
            { sku: 'K-2', title: '', quantityAvailable: 0, selectedOptions: [], price: { amount: '59.90' } },
          ],
        },
      },
      userErrors: [],
    })
  })

  it('needs a title alone, and takes null for what may be left out', async () => {
    const input = {
      title: 'Bare',
      slug: null,
      descriptionHtml: null,
      brand: null,
      images: null,
      status: null,
      categories: null,
      variants: null,
    }
    expect((await run('productCreate', { input })).product).toMatchObject({
      slug: 'bare-2',
      status: 'ACTIVE',
      brand: null,
      images: [],
      description: '',
    })
    expect((await run('productCreate', { input: { title: 'Bare' } })).product.slug).toBe('bare-3')
    expect((await run('productCreate', { input: { title: '茶' } })).product.slug).toMatch(/^[a-z0-9-]+$/)
    expect((await run('productCreate', { input: { title: 'Crème Brûlée & Café' } })).product.slug).toBe(
      'creme-brulee-and-cafe',
    )
  })

  it('tells all faults of an input together, and changes nothing', async () => {
    const input = {
      title: ' ',
      slug: 'harbor-shirt',
      brand: 'x'.repeat(256),
      images: [{ url: 'ftp://pictures.example/1' }, { url: 'https://ok.example', width: 0 }],
      categories: ['Category:4', 'Category:999', 'Category:99999999999999999999'],
      variants: [
        { sku: 'HS-S', price: { amount: '1', currencyCode: 'USD' } },
        { sku: 'NEW', price: { amount: '2', currencyCode: 'USD' } },
        { sku: 'NEW', price: { amount: '3', currencyCode: 'USD' } },
      ],
    }
    expect(await codes(run('productCreate', { input }))).toEqual([
      'INVALID input.title',
      'INVALID input.brand',
      'INVALID input.images.0.url',
      'INVALID input.images.1.width',
      'TAKEN input.slug',
      'NOT_FOUND input.categories.1',
      'NOT_FOUND input.categories.2',
      'TAKEN input.variants.0.sku',
      'TAKEN input.variants.2.sku',
    ])
    expect((await client.query('SELECT FROM product')).rowCount).toBe(8)
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(0)
  })

  it.each([
    [{ amount: '0', currencyCode: 'USD' }, 'amount'],
    [{ amount: '-1', currencyCode: 'USD' }, 'amount'],
    [{ amount: '1.999', currencyCode: 'USD' }, 'amount'],
    [{ amount: '10.50', currencyCode: 'JPY' }, 'amount'],
    [{ amount: '99999999999999999', currencyCode: 'USD' }, 'amount'],
  ])('refuses the price %o', async (price, field) => {
    const input = { title: 'Kettle', variants: [{ sku: 'K', price }] }
    expect(await codes(run('productCreate', { input }))).toEqual([`INVALID input.variants.0.price.${field}`])
  })

  it('refuses variants in two currencies, and a slug of another shape', async () => {
    const variants = ['USD', 'EUR'].map((currencyCode) => ({ sku: currencyCode, price: { amount: '1', currencyCode } }))
    expect(await codes(run('productCreate', { input: { title: 'K', slug: 'Not A Slug', variants } }))).toEqual([
      'INVALID input.slug',
      'INVALID input.variants.1.price.currencyCode',
    ])
  })
})

describe('images', () => {
  it.each(['http://a/\0', 'http://a/\uD800'])('refuse the url %j', async (wrong) => {
    expect(await codes(run('categoryUpdate', { id: 'Category:1', input: { image: { url: wrong } } }))).toEqual([
      'INVALID input.image.url',
    ])
  })
})

describe('descriptions', () => {
  it('keep the text of elements that lie too deep, without the elements', async () => {
    const descriptionHtml = `${'<b>'.repeat(33_000)}deep`
    const { product } = await run('productUpdate', { id: 'Product:1', input: { descriptionHtml } })
    expect(product.description).toBe('deep')
    expect(product.descriptionHtml).toBe(`${'<b>'.repeat(100)}deep${'</b>'.repeat(100)}`)
  })

  it('of more words than the database can search are refused, and nothing is changed', async () => {
    // each of these characters is searched as six, of three bytes each
    const words = Array.from({ length: 7000 }, (_, i) => `${'㌖'.repeat(9)}${i}`)
    const input = { title: 'Wordy', descriptionHtml: words.join(' ') }
    expect(await codes(run('productUpdate', { id: 'Product:1', input }))).toEqual(['INVALID input'])
    expect(await codes(run('productCreate', { input: { ...input, slug: 'wordy' } }))).toEqual(['INVALID input'])
    const { rows } = await client.query(`SELECT FROM product WHERE title = 'Wordy'`)
    expect(rows).toEqual([])
    const shorter = { title: 'Wordy', descriptionHtml: words.slice(0, 3000).join(' ') }
    expect(await codes(run('productUpdate', { id: 'Product:1', input: shorter }))).toEqual([])
  })
})

describe('productUpdate', () => {
  it('leaves what is absent, clears what is null, and replaces lists', async () => {
    const { product } = await run('productUpdate', {
      id: 'Product:1',
      input: { brand: null, descriptionHtml: null, images: [], categories: ['Category:5'] },
    })
    expect(product).toMatchObject({
      title: 'Harbor Shirt',
      slug: 'harbor-shirt',
      brand: null,
      description: '',
      descriptionHtml: '',
      images: [],
      categories: [{ slug: 'mugs' }],
      version: 2,
    })
  })

  it('keeps the version where nothing changes', async () => {
    const { product } = await run('productUpdate', {
      id: 'Product:1',
      input: { title: 'Harbor Shirt', categories: ['Category:3', 'Category:2'] },
    })
    expect(product.version).toBe(1)
    expect((await run('productUpdate', { id: 'Product:1', input: {} })).product.version).toBe(1)
  })

  it('refuses null where nothing can be cleared', async () => {
    const input = { title: null, slug: null, images: null, status: null, categories: null }
    expect(await codes(run('productUpdate', { id: 'Product:1', input }))).toEqual(
      Object.keys(input).map((name) => `INVALID input.${name}`),
    )
  })

  it('refuses a version that is not the expected one, and tells the current one', async () => {
    const { product, userErrors } = await run('productUpdate', {
      id: 'Product:1',
      input: { title: 'Mine' },
      expectedVersion: 7,
    })
    expect(product).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'CONFLICT', field: ['expectedVersion'], currentVersion: 1 }])
    expect(
      (await run('productUpdate', { id: 'Product:1', input: { title: 'Mine' }, expectedVersion: 1 })).product.version,
    ).toBe(2)
  })

  it('may say its own slug again, but not that of another', async () => {
    expect(await codes(run('productUpdate', { id: 'Product:1', input: { slug: 'harbor-shirt' } }))).toEqual([])
    expect(await codes(run('productUpdate', { id: 'Product:1', input: { slug: 'camp-mug' } }))).toEqual([
      'TAKEN input.slug',
    ])
  })
})

describe('ids', () => {
  const everyId = [
    ['productUpdate', 'id', { input: {} }, 'Product'],
    ['productDelete', 'id', {}, 'Product'],
    ['variantCreate', 'product', { input: { sku: 'N', price: { amount: '1', currencyCode: 'USD' } } }, 'Product'],
    ['variantUpdate', 'id', { input: {} }, 'ProductVariant'],
    ['variantDelete', 'id', {}, 'ProductVariant'],
    ['inventoryAdjust', 'variant', { delta: 1 }, 'ProductVariant'],
    ['categoryUpdate', 'id', { input: {} }, 'Category'],
    ['categoryDelete', 'id', {}, 'Category'],
    ['reviewCreate', 'product', { input: { rating: 1, title: 't', body: '', author: 'a' } }, 'Product'],
    ['reviewUpdate', 'id', { input: {} }, 'Review'],
    ['reviewDelete', 'id', {}, 'Review'],
  ] as const

  it.each(everyId)(
    '%s says NOT_FOUND of an id that is unknown, and BAD_USER_INPUT of one that is none',
    async (name, field, more, type) => {
      for (const id of [`${type}:999999`, `${type}:99999999999999999999`]) {
        expect(await codes(run(name, { [field]: id, ...more }))).toEqual([`NOT_FOUND ${field}`])
      }
      const others = ['', 'x', `${type}:01`, `${type}:-1`, type, type === 'Product' ? 'Review:1' : 'Product:1']
      for (const id of others) await expect(run(name, { [field]: id, ...more })).rejects.toThrow('BAD_USER_INPUT')
    },
  )
})

describe('deletions', () => {
  it('take a product with everything that belongs to it', async () => {
    expect(await run('productDelete', { id: 'Product:1' })).toEqual({ deletedId: 'Product:1', userErrors: [] })
    const { data } = await api.ask(
      '{ nodes(ids: ["Product:1", "ProductVariant:1", "Review:1"]) { id } product(by: {sku: "HS-S"}) { id } }',
    )
    expect(data).toEqual({ nodes: [null, null, null], product: null })
    expect(await codes(run('productDelete', { id: 'Product:1' }))).toEqual(['NOT_FOUND id'])
  })

  it('of a category are refused while something lies in it', async () => {
    expect(await codes(run('categoryDelete', { id: 'Category:1' }))).toEqual(['IN_USE id'])
    expect(await codes(run('categoryDelete', { id: 'Category:5' }))).toEqual(['IN_USE id'])
    const messageOf = async (id: string) => (await run('categoryDelete', { id })).userErrors[0].message
    expect(await messageOf('Category:1')).toBe(
      'The category still has 1 child and 0 products: move or delete them first',
    )
    expect(await messageOf('Category:5')).toMatch(/ has 0 children and [2-9] products: /)
    expect(await run('categoryDelete', { id: 'Category:6' })).toEqual({ deletedId: 'Category:6', userErrors: [] })
  })

  it('of variants and reviews change what is added up', async () => {
    await run('variantDelete', { id: 'ProductVariant:1' })
    await run('reviewDelete', { id: 'Review:1' })
    const { data } = await api.ask(
      '{ product(by: {id: "Product:1"}) { inStock priceRange { min { amount } } reviewSummary { count } } }',
    )
    expect(data.product).toEqual({
      inStock: false,
      priceRange: { min: { amount: '59.00' } },
      reviewSummary: { count: 2 },
    })
  })
})

describe('variants', () => {
  it('are created in the currency of their siblings', async () => {
    const price = { amount: '12.5', currencyCode: 'USD' }
    const { variant } = await run('variantCreate', {
      product: 'Product:1',
      input: { sku: ' HS-L ', price, quantityAvailable: 2 },
    })
    expect(variant).toMatchObject({
      sku: 'HS-L',
      quantityAvailable: 2,
      price: { amount: '12.50' },
      product: { id: 'Product:1' },
    })
    const other = { sku: 'HS-L', price: { ...price, currencyCode: 'EUR' } }
    expect(await codes(run('variantCreate', { product: 'Product:1', input: other }))).toEqual([
      'TAKEN input.sku',
      'INVALID input.price.currencyCode',
    ])
  })

  it('may change their currency where they have no siblings', async () => {
    const price = { amount: '99', currencyCode: 'JPY' }
    expect(await codes(run('variantUpdate', { id: 'ProductVariant:1', input: { price } }))).toEqual([
      'INVALID input.price.currencyCode',
    ])
    expect((await run('variantUpdate', { id: 'ProductVariant:3', input: { price } })).variant.price).toEqual({
      amount: '99',
      currencyCode: 'JPY',
    })
  })

  it('are updated field by field', async () => {
    const { variant } = await run('variantUpdate', {
      id: 'ProductVariant:1',
      input: { title: 'Small', image: null, selectedOptions: [] },
      expectedVersion: 1,
    })
    expect(variant).toMatchObject({ sku: 'HS-S', title: 'Small', image: null, selectedOptions: [], version: 2 })
    expect(
      await codes(
        run('variantUpdate', { id: 'ProductVariant:1', input: { sku: 'HS-M', title: null }, expectedVersion: 1 }),
      ),
    ).toEqual(['INVALID input.title', 'CONFLICT expectedVersion', 'TAKEN input.sku'])
  })

  it('hold one spelling of a sku', async () => {
    await run('variantUpdate', { id: 'ProductVariant:1', input: { sku: 'CAFE\u0301' } })
    const { data } = await api.ask('query($sku: String) { product(by: {sku: $sku}) { id } }', { sku: 'CAF\u00c9' })
    expect(data.product).toEqual({ id: 'Product:1' })
    expect(await codes(run('variantUpdate', { id: 'ProductVariant:2', input: { sku: 'CAF\u00c9' } }))).toEqual([
      'TAKEN input.sku',
    ])
  })

  it('refuse a sku that grows too long when it is normalised', async () => {
    // U+0958 is always written as two characters
    expect(await codes(run('variantUpdate', { id: 'ProductVariant:1', input: { sku: '\u0958'.repeat(51) } }))).toEqual([
      'INVALID input.sku',
    ])
    const { variant } = await run('variantUpdate', { id: 'ProductVariant:1', input: { sku: '\u0958'.repeat(50) } })
    expect(variant.sku).toBe('\u0915\u093C'.repeat(50))
  })

  it('are found by a sku as long as the database counts it', async () => {
    const sku = '𝕊'.repeat(100)
    await client.query('UPDATE product_variant SET sku = $1 WHERE id = 1', [sku])
    const { data } = await api.ask('query($sku: String) { product(by: {sku: $sku}) { id } }', { sku })
    expect(data.product).toEqual({ id: 'Product:1' })
  })
})

describe('inventoryAdjust', () => {
  it('adds and takes, and never goes below zero', async () => {
    expect((await run('inventoryAdjust', { variant: 'ProductVariant:1', delta: -3 })).variant).toEqual({
      quantityAvailable: 0,
      inStock: false,
      version: 2,
      product: { inStock: false },
    })
    expect(await codes(run('inventoryAdjust', { variant: 'ProductVariant:1', delta: -1 }))).toEqual([
      'OUT_OF_STOCK delta',
    ])
    expect((await run('inventoryAdjust', { variant: 'ProductVariant:1', delta: 5 })).variant).toMatchObject({
      quantityAvailable: 5,
      inStock: true,
    })
    expect((await run('inventoryAdjust', { variant: 'ProductVariant:1', delta: 0 })).variant.version).toBe(3)
    expect(await codes(run('inventoryAdjust', { variant: 'ProductVariant:1', delta: 2147483647 }))).toEqual([
      'INVALID delta',
    ])
  })

  it('sells no more than there is, however many buy at once', async () => {
    await client.query('UPDATE product_variant SET quantity = 20 WHERE id = 1')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => run('inventoryAdjust', { variant: 'ProductVariant:1', delta: -1 })),
    )
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(20)
    expect((await client.query('SELECT quantity FROM product_variant WHERE id = 1')).rows).toEqual([{ quantity: 0 }])
  })
})

describe('categories', () => {
  it('are created below a parent, and moved with what lies below them', async () => {
    const created = await run('categoryCreate', {
      input: { name: 'Aprons', parent: 'Category:4', image: { url: 'https://a.example/b.png' }, description: 'Tie' },
    })
    expect(created.category).toEqual({
      id: 'Category:1001',
      slug: 'aprons',
      name: 'Aprons',
      description: 'Tie',
      version: 1,
      image: { url: 'https://a.example/b.png' },
      parent: { slug: 'kitchen' },
      ancestors: [{ slug: 'kitchen' }],
    })
    expect(
      (await run('categoryUpdate', { id: 'Category:2', input: { parent: 'Category:1001' } })).category.ancestors,
    ).toEqual([{ slug: 'kitchen' }, { slug: 'aprons' }])
    const { data } = await api.ask('{ category(by: {id: "Category:3"}) { ancestors { slug } } }')
    expect(data.category.ancestors).toEqual([{ slug: 'kitchen' }, { slug: 'aprons' }, { slug: 'shirts' }])
    expect(
      (await run('categoryUpdate', { id: 'Category:2', input: { parent: null, description: null, image: null } }))
        .category,
    ).toMatchObject({ parent: null, ancestors: [] })
  })

  it('refuse a cycle, an unknown parent, a taken slug, and null in a name', async () => {
    expect(await codes(run('categoryUpdate', { id: 'Category:1', input: { parent: 'Category:3' } }))).toEqual([
      'INVALID input.parent',
    ])
    expect(await codes(run('categoryUpdate', { id: 'Category:1', input: { parent: 'Category:1' } }))).toEqual([
      'INVALID input.parent',
    ])
    expect(
      await codes(
        run('categoryUpdate', {
          id: 'Category:1',
          input: { parent: 'Category:99', slug: 'mugs', name: null },
          expectedVersion: 2,
        }),
      ),
    ).toEqual(['INVALID input.name', 'NOT_FOUND input.parent', 'CONFLICT expectedVersion', 'TAKEN input.slug'])
  })

  it('refuse a tree of more than 20 levels', async () => {
    let parent = 'Category:6'
    for (let level = 2; level <= 20; level += 1)
      parent = (await run('categoryCreate', { input: { name: `L${level}`, parent } })).category.id
    expect(await codes(run('categoryCreate', { input: { name: 'L21', parent } }))).toEqual(['INVALID input.parent'])
    expect(await codes(run('categoryUpdate', { id: 'Category:1', input: { parent } }))).toEqual([
      'INVALID input.parent',
    ])
  })
})

describe('reviews', () => {
  it('are written, changed and added up', async () => {
    const input = { rating: 1, title: 'Shrinks', body: '', author: 'Hal' }
    const { review } = await run('reviewCreate', { product: 'Product:1', input })
    expect(review).toMatchObject({ ...input, product: { reviewSummary: { count: 4, averageRating: 3.5 } } })
    expect((await run('reviewUpdate', { id: review.id, input: { rating: 5 } })).review).toMatchObject({
      rating: 5,
      title: 'Shrinks',
      author: 'Hal',
    })
  })

  it('stay as they are where the input is empty', async () => {
    expect(await run('reviewUpdate', { id: 'Review:1', input: {} })).toEqual({
      review: { id: 'Review:1', rating: 5, title: 'Lovely', body: 'Fits well', author: 'Ada L.' },
      userErrors: [],
    })
  })

  it.each([
    [{ rating: 0 }],
    [{ rating: 6 }],
    [{ title: '' }],
    [{ title: 'x'.repeat(256) }],
    [{ body: 'x'.repeat(10_001) }],
    [{ title: 'a\0b' }],
    [{ rating: null }],
  ])('refuse %o', async (wrong) => {
    const [field] = Object.keys(wrong)
    expect(await codes(run('reviewUpdate', { id: 'Review:1', input: wrong }))).toEqual([`INVALID input.${field}`])
  })
})

describe('two writers at once', () => {
  it('get one slug, one sku and one TAKEN on the right field', async () => {
    const input = {
      title: 'Race',
      slug: 'race',
      variants: [{ sku: 'RACE', price: { amount: '1', currencyCode: 'USD' } }],
    }
    const answers = await Promise.all([1, 2, 3, 4].map(() => codes(run('productCreate', { input }))))
    expect(answers.toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      ...[1, 2, 3].map(() => ['TAKEN input.slug', 'TAKEN input.variants.0.sku']),
    ])
  })

  it('of titles alone each get a slug', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => run('productCreate', { input: { title: 'Same Name' } })))
    expect(new Set(answers.map(({ product }) => product.slug)).size).toBe(4)
  })

  it('who expect the same version: one wins, the others are told', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((n) =>
        codes(run('productUpdate', { id: 'Product:1', input: { title: `T${n}` }, expectedVersion: 1 })),
      ),
    )
    expect(answers.toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      ['CONFLICT expectedVersion'],
      ['CONFLICT expectedVersion'],
    ])
  })

  it('whose moves cross make no cycle', async () => {
    const moves = [
      ['Category:1', 'Category:4'],
      ['Category:4', 'Category:1'],
    ] as const
    const answers = await Promise.all(
      moves.map(([id, parent]) => codes(run('categoryUpdate', { id, input: { parent } }))),
    )
    expect(answers.toSorted((a, b) => a.length - b.length)).toEqual([[], ['INVALID input.parent']])
  })

  it('one deleting the category that another places a product in: both are told the truth', async () => {
    const [deleted, placed] = await Promise.all([
      codes(run('categoryDelete', { id: 'Category:6' })),
      codes(run('productUpdate', { id: 'Product:6', input: { categories: ['Category:6'] } })),
    ])
    expect([deleted, placed]).toEqual(
      deleted.length === 0 ? [[], ['NOT_FOUND input.categories.0']] : [['IN_USE id'], []],
    )
  })
})

it('a change that was made is answered as made, though what it changed cannot be read any more', async () => {
  const unread = await startApi({
    url,
    tamper: (cache) => ({
      kind: (definition) => {
        const kind = cache.kind(definition)
        if (kind.name === 'variant') vi.spyOn(kind, 'read').mockRejectedValue(new DatabaseUnavailableError('away'))
        return kind
      },
    }),
  })
  const stock = async (): Promise<number> =>
    (await client.query<{ quantity: number }>('SELECT quantity FROM product_variant WHERE id = 1')).rows[0]?.quantity ??
    0
  const before = await stock()
  const adjust = (selection: string) =>
    unread.ask(
      `mutation { inventoryAdjust(variant: "ProductVariant:1", delta: 1) { ${selection} userErrors { code } } }`,
    )
  const { status, data, errors } = await adjust('variant { quantityAvailable }')
  expect([status, data]).toEqual([200, { inventoryAdjust: { variant: null, userErrors: [] } }])
  expect(errors).toMatchObject([{ path: ['inventoryAdjust', 'variant'], extensions: { code: 'UNAVAILABLE' } }])
  expect((await adjust('')).errors).toBeUndefined()
  expect((await stock()) - before).toBe(2)
  await unread.close()
})
