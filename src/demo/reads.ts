import type { Shop } from './shop.ts'
import { zipf } from './zipf.ts'

/** What the visitors of a shop ask for. */
export interface Read {
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

const card =
  'id slug title featuredImage { url } priceRange { min { amount currencyCode } } reviewSummary { averageRating count }'

const queries = {
  HomePage: `query HomePage { products(first: 12, sortKey: RATING) { nodes { ${card} } } }`,
  CategoryPage: `query CategoryPage($id: ID!) {
    category(by: { id: $id }) { name ancestors { name } products(first: 20) { nodes { ${card} } } }
  }`,
  CheapestInStock: `query CheapestInStock($id: ID!) {
    category(by: { id: $id }) { products(first: 20, sortKey: PRICE, filter: { inStock: true }) { totalCount nodes { ${card} } } }
  }`,
  ProductPage: `query ProductPage($slug: String!) {
    product(by: { slug: $slug }) {
      title descriptionHtml inStock categories { name ancestors { name } }
      variants { nodes { sku title price { amount currencyCode } quantityAvailable } }
      reviewSummary { averageRating count distribution }
      reviews(first: 5) { nodes { rating title body author } }
    }
  }`,
  Search: `query Search($words: String!) { searchProducts(query: $words, first: 10) { totalCount nodes { ${card} } } }`,
} as const

/** How many in a hundred requests ask for each. */
const shares: readonly (readonly [name: keyof typeof queries, share: number])[] = [
  ['ProductPage', 50],
  ['CategoryPage', 25],
  ['HomePage', 15],
  ['CheapestInStock', 6],
  ['Search', 4],
]

/** Draws what the next visitor asks for: a few products again and again, most of them now and then. */
export function visitors({ products, categories }: Shop, random: () => number = Math.random): () => Read {
  const product = zipf(products, random)
  const category = zipf(categories, random)
  return () => {
    let left = random() * 100
    const [name] = shares.find(([, share]) => (left -= share) < 0) ?? ['ProductPage']
    const { slug, word } = product()
    // a catalog without categories has none to look at
    const id = categories.length === 0 ? 'Category:1' : category()
    return { name, query: queries[name], variables: { slug, words: word, id } }
  }
}
