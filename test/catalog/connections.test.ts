import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let api: TestApi
let client: pg.Client

beforeAll(async () => {
  const database = await testDatabase()
  client = database.client
  await storeFixture(client)
  api = await startApi({ url: database.url })
})
afterAll(() => api.close())

const selection =
  '{ edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }'
const paging = 'first: $first, after: $after, last: $last, before: $before'

/** The list of a root field, or of a field of the first product. */
const pageQuery = (
  field: string,
  ofProduct: boolean,
) => `query ($first: Int, $after: String, $last: Int, $before: String) {
  ${ofProduct ? `of: product(by: { id: "Product:1" }) { list: ${field} ${selection} }` : `list: ${field} ${selection}`} }`

interface Node {
  id: string
}
interface Edge {
  cursor: string
  node: Node
}
interface Walked {
  ids: string[]
  cursors: string[]
}

/** Reads a list page by page and checks what each page says of itself. */
async function walk(
  field: string,
  size: number,
  direction: 'forward' | 'backward',
  ofProduct = false,
): Promise<Walked> {
  const walked: Walked = { ids: [], cursors: [] }
  let cursor: string | null = null
  for (let page = 0; page < 100; page += 1) {
    const bounds = direction === 'forward' ? { first: size, after: cursor } : { last: size, before: cursor }
    const { data, errors } = await api.ask(pageQuery(field, ofProduct), bounds)
    expect(errors).toBeUndefined()
    const { edges, nodes, pageInfo, totalCount } = (ofProduct ? data.of : data).list
    const ids = edges.map((edge: Edge) => edge.node.id)
    expect(nodes.map((node: Node) => node.id)).toEqual(ids)
    expect(pageInfo.startCursor).toBe(edges.at(0)?.cursor ?? null)
    expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null)
    const cursors = edges.map((edge: Edge) => edge.cursor)
    if (direction === 'forward') {
      walked.ids.push(...ids)
      walked.cursors.push(...cursors)
    } else {
      walked.ids.unshift(...ids)
      walked.cursors.unshift(...cursors)
    }
    const [goesOn, camePast] =
      direction === 'forward'
        ? [pageInfo.hasNextPage, pageInfo.hasPreviousPage]
        : [pageInfo.hasPreviousPage, pageInfo.hasNextPage]
    expect(camePast).toBe(page > 0)
    expect(goesOn).toBe(walked.ids.length < totalCount)
    if (!goesOn) return walked
    cursor = direction === 'forward' ? pageInfo.endCursor : pageInfo.startCursor
  }
  throw new Error('the list does not end')
}

const lists = [
  { name: 'products by NEWEST', args: 'sortKey: NEWEST', ids: [3, 8, 7, 6, 1, 2] },
  { name: 'products by NEWEST, reversed', args: 'sortKey: NEWEST, reverse: true', ids: [2, 1, 6, 7, 8, 3] },
  { name: 'products by TITLE', args: 'sortKey: TITLE', ids: [6, 7, 8, 3, 1, 2] },
  { name: 'products by TITLE, reversed', args: 'sortKey: TITLE, reverse: true', ids: [2, 1, 3, 8, 7, 6] },
  { name: 'products by PRICE', args: 'sortKey: PRICE', ids: [3, 7, 1, 2, 8, 6] },
  { name: 'products by PRICE, reversed', args: 'sortKey: PRICE, reverse: true', ids: [8, 2, 1, 7, 3, 6] },
  { name: 'products by RATING', args: 'sortKey: RATING', ids: [1, 7, 3, 2, 6, 8] },
  { name: 'products by RATING, reversed', args: 'sortKey: RATING, reverse: true', ids: [3, 7, 1, 8, 6, 2] },
]

describe('a list of', () => {
  for (const { name, args, ids } of lists) {
    for (const size of [1, 2, 3, 100]) {
      it(`${name} is the same walked forward and backward by ${size}`, async () => {
        const field = `products(${paging}, ${args})`
        const forward = await walk(field, size, 'forward')
        expect(forward.ids).toEqual(ids.map((id) => `Product:${id}`))
        expect(await walk(field, size, 'backward')).toEqual(forward)
      })
    }
  }

  it('search results is the same walked forward and backward, best matches first', async () => {
    const field = 'searchProducts(query: "shirt", first: $first, after: $after, last: $last, before: $before)'
    const forward = await walk(field, 1, 'forward')
    // in the title; in the sku; in a description
    expect(forward.ids).toEqual(['Product:1', 'Product:2', 'Product:8', 'Product:3'])
    expect(await walk(field, 1, 'backward')).toEqual(forward)
  })

  it('categories, variants and reviews is the same walked forward and backward', async () => {
    for (const [field, ofProduct, ids] of [
      [`categories(${paging})`, false, ['Category:1', 'Category:6', 'Category:4']],
      [`variants(${paging})`, true, ['ProductVariant:1', 'ProductVariant:2']],
      [`reviews(${paging})`, true, ['Review:2', 'Review:3', 'Review:1']],
      [`reviews(${paging}, reverse: true)`, true, ['Review:1', 'Review:3', 'Review:2']],
      [`reviews(${paging}, sortKey: RATING)`, true, ['Review:1', 'Review:2', 'Review:3']],
      [`reviews(${paging}, sortKey: RATING, reverse: true)`, true, ['Review:3', 'Review:2', 'Review:1']],
    ] as const) {
      const forward = await walk(field, 1, 'forward', ofProduct)
      expect(forward.ids).toEqual(ids)
      expect(await walk(field, 1, 'backward', ofProduct)).toEqual(forward)
    }
  })
})

describe('a page', () => {
  const ask = async (args: string) => {
    const { data, errors } = await api.ask(
      `{ products(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`,
    )
    expect(errors).toBeUndefined()
    const { nodes, pageInfo } = data.products
    return {
      ids: nodes.map((node: Node) => Number(node.id.slice(8))),
      next: pageInfo.hasNextPage,
      previous: pageInfo.hasPreviousPage,
    }
  }

  it('holds 20 edges unless told otherwise, and none for 0', async () => {
    expect(await ask('sortKey: NEWEST')).toEqual({ ids: [3, 8, 7, 6, 1, 2], next: false, previous: false })
    expect(await ask('first: 0')).toEqual({ ids: [], next: true, previous: false })
    expect(await ask('last: 0')).toEqual({ ids: [], next: false, previous: true })
    expect(await ask('first: null, last: null, after: null')).toMatchObject({ ids: [3, 8, 7, 6, 1, 2] })
  })

  it('lies between two cursors, and knows what lies around them', async () => {
    const { cursors } = await walk(`products(${paging})`, 100, 'forward')
    const between = `after: "${cursors[0]}", before: "${cursors[4]}"`
    expect(await ask(between)).toEqual({ ids: [8, 7, 6], next: true, previous: true })
    expect(await ask(`first: 2, ${between}`)).toEqual({ ids: [8, 7], next: true, previous: true })
    expect(await ask(`last: 2, ${between}`)).toEqual({ ids: [7, 6], next: true, previous: true })
    expect(await ask(`first: 5, after: "${cursors[5]}"`)).toEqual({ ids: [], next: false, previous: true })
    expect(await ask(`after: "${cursors[3]}", before: "${cursors[1]}"`)).toEqual({
      ids: [],
      next: true,
      previous: true,
    })
  })

  it('stays where it is when rows are added before it, and when the row of its cursor is deleted', async () => {
    const { cursors } = await walk(`products(${paging}, sortKey: TITLE)`, 100, 'forward')
    await client.query(`INSERT INTO product (id, slug, title) VALUES (900, 'aaa', 'AAA')`)
    const after = `sortKey: TITLE, first: 2, after: "${cursors[2]}"`
    expect((await ask(after)).ids).toEqual([3, 1])
    await client.query('DELETE FROM product WHERE id = 900')
  })

  it('is refused with a sentence that helps where its arguments cannot be used', async () => {
    const { cursors } = await walk(`products(${paging}, sortKey: TITLE)`, 100, 'forward')
    const { cursors: ofReviews } = await walk(`reviews(${paging})`, 1, 'forward', true)
    for (const [args, message] of [
      ['first: -1', 'first of products is from 0 to 100, but received -1'],
      ['first: 101', 'first of products is from 0 to 100, but received 101'],
      ['last: 101', 'last of products is from 0 to 100, but received 101'],
      ['first: 1, last: 1', 'products takes first or last, not both'],
      ['after: "nonsense"', 'after of products takes a cursor from the same field'],
      ['after: ""', 'after of products takes a cursor from the same field'],
      [`after: "${cursors[0]}"`, 'with the same sortKey and reverse'],
      [`after: "${cursors[0]}", sortKey: TITLE, reverse: true`, 'with the same sortKey and reverse'],
      [`before: "${ofReviews[0]}"`, 'before of products takes a cursor from the same field'],
      [`after: "${cursors[0]}=", sortKey: TITLE`, 'after of products takes a cursor'],
      [`after: "${forged(['products', 'NEWEST', 0, 1e300, 1])}"`, 'after of products takes a cursor'],
      [`after: "${forged(['products', 'NEWEST', 0, 1, 2 ** 40])}"`, 'after of products takes a cursor'],
      [`after: "${forged(['products', 'NEWEST', 7, 1, 1])}"`, 'after of products takes a cursor'],
      [
        `after: "${forged(['products', 'TITLE', 0, 'a\u0000b', 1])}", sortKey: TITLE`,
        'after of products takes a cursor',
      ],
    ] as const) {
      const { status, errors, data } = await api.ask(`{ products(${args}) { nodes { id } } }`)
      expect([status, errors?.[0]?.extensions.code, data]).toEqual([400, 'BAD_USER_INPUT', null])
      expect(errors?.[0]?.message).toContain(message)
    }
  })
})

function forged(content: unknown[]): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}
