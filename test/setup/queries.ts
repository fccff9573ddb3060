const product = `id slug title description descriptionHtml brand status version createdAt updatedAt inStock featuredImage { url altText width height } images { url } priceRange { min { amount currencyCode } max { amount } }
  categories { id name } reviewSummary { count averageRating distribution }
  variants { totalCount nodes { id sku title price { amount currencyCode } quantityAvailable inStock selectedOptions { name value } version image { url } product { id } } edges { cursor node { id } } pageInfo { endCursor } }
  reviews(first: 3) { totalCount nodes { id rating title body author createdAt product { id } } edges { cursor node { id } } pageInfo { hasNextPage } }`
const list =
  '{ totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'

const filters = [
  '',
  'filter: { status: null }',
  'filter: { status: DRAFT }',
  'filter: { inStock: true }',
  'filter: { inStock: false, status: null }',
  'filter: { brand: "Nordvik" }',
  'filter: { currency: "EUR" }',
  'filter: { minPrice: "49.00", maxPrice: "55" }',
  'filter: { category: "Category:1" }',
  'filter: { category: "Category:2", includeSubcategories: false, status: null }',
  'filter: { category: "Category:4", inStock: true, minPrice: 1, currency: "USD" }',
]
const sorts = ['NEWEST', 'TITLE', 'PRICE', 'RATING'].flatMap((key) => [
  `sortKey: ${key}`,
  `sortKey: ${key}, reverse: true`,
])

/** Queries that between them read every kind of entry in every way, over the ids of the fixture. */
export const broadQueries: readonly string[] = [
  ...[1, 2, 3, 4, 6, 7].map((id) => `{ product(by: { id: "Product:${id}" }) { ${product} } }`),
  ...['harbor-shirt', 'renamed', 'secret-draft'].map((slug) => `{ product(by: { slug: "${slug}" }) { ${product} } }`),
  ...['HS-S', 'HS-X', 'SHIRT'].map((sku) => `{ product(by: { sku: "${sku}" }) { id title } }`),
  `{ nodes(ids: [${['Product:1', 'ProductVariant:2', 'ProductVariant:5', 'Review:1', 'Review:5', 'Category:3', 'Category:6'].map((id) => `"${id}"`).join(', ')}]) { __typename id ... on Category { name version } ... on ProductVariant { sku } } }`,
  '{ node(id: "Review:1") { id ... on Review { body } } }',
  ...['', '(parent: "Category:1")', '(parent: "Category:2")', '(parent: "Category:6")', '(first: 1)'].map(
    (args) =>
      `{ categories${args} { totalCount pageInfo { endCursor } edges { cursor node { id } } nodes { id name description image { url } parent { id } ancestors { id } children { id name } } } }`,
  ),
  ...['clothing', 'shirts', 'linen-shirts', 'empty', 'bowls'].map(
    (slug) =>
      `{ category(by: { slug: "${slug}" }) { id name version ancestors { slug } children { slug } products ${list} own: products(filter: { includeSubcategories: false, status: null }, sortKey: PRICE) ${list} stocked: products(filter: { includeSubcategories: false, inStock: true }) ${list} branded: products(filter: { includeSubcategories: false, brand: "Nordvik" }) ${list} brandedBelow: products(filter: { brand: "Nordvik" }) ${list} } }`,
  ),
  ...sorts.flatMap((sort) => filters.map((filter) => `{ products(first: 2, ${sort}, ${filter}) ${list} }`)),
  ...sorts.map((sort) => `{ products(last: 3, ${sort}, filter: { status: null }) ${list} }`),
  ...['shirt', 'cup cof', 'nordvik', 'linen', 'cafe', 'sd'].map(
    (words) => `{ searchProducts(query: "${words}", filter: { status: null }) ${list} }`,
  ),
  `{ searchProducts(query: "shirt", filter: { category: "Category:1", inStock: true }) ${list} }`,
  `{ product(by: { id: "Product:1" }) { newest: reviews(reverse: true) ${list} rated: reviews(sortKey: RATING) ${list} last: reviews(last: 1) ${list} } }`,
]
