import type { Dialect, QueryName } from './queries.ts'

// the same questions in the schema that PostGraphile makes of the tables

const card = 'rowId slug title productRatingByProductId { count average }'
const categories = 'productCategoriesByProductId { nodes { position categoryByCategoryId { rowId name } } }'
const reviews = `reviewsByProductId(first: 10, orderBy: [CREATED_AT_DESC, ROW_ID_ASC]) {
  nodes { rowId rating title body author createdAt } }`

const texts: Readonly<Record<QueryName, string>> = {
  Q1: `query Q1($id: Int!) { productByRowId(rowId: $id) { rowId slug title brand ${categories} } }`,
  Q2: `query Q2($id: Int!) { categoryByRowId(rowId: $id) { rowId name newestProducts(first: 20) { nodes { ${card} } } } }`,
  Q3: `query Q3($id: Int!) { productByRowId(rowId: $id) { rowId slug title description brand status ${categories}
    productRatingByProductId { count average } ${reviews} } }`,
  Q4: `query Q4($ids: [Int!]!) { productsByIds(ids: $ids, first: 100) { nodes { ${card} } } }`,
}
const rename = `mutation Rename($id: Int!, $title: String!) {
  updateProductByRowId(input: { rowId: $id, productPatch: { title: $title } }) { product { rowId title } } }`

interface Nodes<Item> {
  readonly nodes: readonly Item[]
}
interface Row {
  readonly rowId: number
}
interface Product extends Row {
  readonly title: string
  readonly productRatingByProductId: { readonly count: number; readonly average: number | null }
  readonly productCategoriesByProductId: Nodes<{ readonly position: number; readonly categoryByCategoryId: Row }>
  readonly reviewsByProductId: Nodes<Row & { readonly createdAt: string }>
}
interface Data {
  readonly productByRowId: Product
  readonly categoryByRowId: Row & { readonly name: string; readonly newestProducts: Nodes<Product> }
  readonly productsByIds: Nodes<Product>
}

export const postgraphileDialect: Dialect = {
  ask: ({ query, ids }) =>
    JSON.stringify({
      operationName: query,
      query: texts[query],
      variables: query === 'Q4' ? { ids } : { id: ids[0] },
    }),
  rename: (id, title) => JSON.stringify({ operationName: 'Rename', query: rename, variables: { id, title } }),
  normalise(query, given) {
    const data = given as Data
    switch (query) {
      case 'Q1':
      case 'Q3':
        return { product: productOf(data.productByRowId) }
      case 'Q2': {
        const { newestProducts, ...category } = data.categoryByRowId
        return {
          category: { ...named('Category', category), products: { nodes: newestProducts.nodes.map(productOf) } },
        }
      }
      case 'Q4':
        return { nodes: data.productsByIds.nodes.map(productOf) }
    }
  },
}

function named(type: string, { rowId, ...row }: Row): object {
  return { id: `${type}:${rowId}`, ...row }
}

function productOf({
  productRatingByProductId: rating,
  productCategoriesByProductId: memberships,
  reviewsByProductId: below,
  ...product
}: Partial<Product> & Row): object {
  return {
    ...named('Product', product),
    ...(rating === undefined ? {} : { reviewSummary: { count: rating.count, averageRating: rating.average } }),
    ...(memberships === undefined
      ? {}
      : {
          categories: memberships.nodes
            .toSorted((one, other) => one.position - other.position)
            .map(({ categoryByCategoryId }) => named('Category', categoryByCategoryId)),
        }),
    ...(below === undefined
      ? {}
      : {
          reviews: {
            nodes: below.nodes.map((review) => ({
              ...named('Review', review),
              createdAt: new Date(review.createdAt).toISOString(),
            })),
          },
        }),
  }
}
