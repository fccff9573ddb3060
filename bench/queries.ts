/** The measured queries, by what they ask for. */
export const queries = {
  Q1: `query Q1($id: ID!) { product(by: { id: $id }) { id slug title brand categories { id name } } }`,
  Q2: `query Q2($id: ID!) { category(by: { id: $id }) { id name
    products(first: 20, filter: { includeSubcategories: false }) {
      nodes { id slug title reviewSummary { count averageRating } } } } }`,
  Q3: `query Q3($id: ID!) { product(by: { id: $id }) { id slug title description brand status
    categories { id name } reviewSummary { count averageRating }
    reviews(first: 10) { nodes { id rating title body author createdAt } } } }`,
  Q4: `query Q4($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { slug title reviewSummary { count averageRating } } } }`,
} as const
export type QueryName = keyof typeof queries

export const queryTitles: Readonly<Record<QueryName, string>> = {
  Q1: 'a product with its categories',
  Q2: 'a category with its 20 newest products and their ratings',
  Q3: 'a product page with 10 reviews',
  Q4: '50 products by ids, with their ratings',
}

const rename = `mutation Rename($id: ID!, $title: String!) { productUpdate(id: $id, input: { title: $title }) { product { id title } } }`

/** One question: which query, of which things. */
export interface Question {
  readonly query: QueryName
  readonly ids: readonly number[]
}

/** How a server wants to be asked, and how its answers read in Larder's words. */
export interface Dialect {
  ask(question: Question): string
  rename(id: number, title: string): string
  /** The data of an answer, the same for all servers that answer the same. */
  normalise(query: QueryName, data: unknown): unknown
}

/** Larder's schema, which most peers serve a part of. */
export const larderDialect: Dialect = {
  ask({ query, ids }) {
    const named = ids.map((id) => `${query === 'Q2' ? 'Category' : 'Product'}:${id}`)
    const variables = query === 'Q4' ? { ids: named } : { id: named[0] }
    return JSON.stringify({ operationName: query, query: queries[query], variables })
  },
  rename: (id, title) =>
    JSON.stringify({ operationName: 'Rename', query: rename, variables: { id: `Product:${id}`, title } }),
  normalise: (_query, data) => data,
}
