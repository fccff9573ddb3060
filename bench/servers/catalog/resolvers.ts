import { numberOf } from './ids.ts'
import type { Reader } from './reader.ts'
import type { CategoryRow, ProductRow, ReviewRow, Rows } from './rows.ts'

export interface Context {
  readonly reader: Reader
  readonly rename: (id: number, title: string) => Promise<ProductRow | null>
}

interface ById {
  readonly by: { readonly id: string }
}

function present<Row>(rows: readonly (Row | null)[]): Row[] {
  return rows.filter((row) => row !== null)
}

/** The measured part of the schema, the same for every server that takes resolvers. */
export const resolvers = {
  Query: {
    product: (_root: unknown, { by }: ById, { reader }: Context) => reader.read('product', numberOf(by.id)),
    category: (_root: unknown, { by }: ById, { reader }: Context) => reader.read('category', numberOf(by.id)),
    nodes: (_root: unknown, { ids }: { ids: readonly string[] }, { reader }: Context) =>
      reader.readMany('product', ids.map(numberOf)),
  },
  Node: { __resolveType: () => 'Product' },
  Product: {
    id: ({ id }: ProductRow) => `Product:${id}`,
    categories: async ({ id }: ProductRow, _given: unknown, { reader }: Context) =>
      present(await reader.readMany('category', (await reader.read('categoryIds', id)) ?? [])),
    reviewSummary: async ({ id }: ProductRow, _given: unknown, { reader }: Context): Promise<Rows['rating']> =>
      (await reader.read('rating', id)) ?? { count: 0, averageRating: null },
    reviews: async ({ id }: ProductRow, _given: unknown, { reader }: Context) => ({
      nodes: present(await reader.readMany('review', (await reader.read('reviewIds', id)) ?? [])),
    }),
  },
  Category: {
    id: ({ id }: CategoryRow) => `Category:${id}`,
    products: async ({ id }: CategoryRow, _given: unknown, { reader }: Context) => ({
      nodes: present(await reader.readMany('product', (await reader.read('newestIds', id)) ?? [])),
    }),
  },
  Review: { id: ({ id }: ReviewRow) => `Review:${id}` },
  Mutation: {
    productUpdate: async (
      _root: unknown,
      { id, input }: { id: string; input: { title: string } },
      { rename }: Context,
    ) => ({ product: await rename(numberOf(id), input.title) }),
  },
}
