import fc from 'fast-check'

const errors = 'userErrors { code field message }'

/** A mutation as text, over the ids of the fixture. */
function mutation(name: string, given: string): string {
  return `mutation { ${name}(${given}) { ${errors} } }`
}

function update(name: string, id: string, input: string): string {
  return mutation(name, `id: "${id}", input: { ${input} }`)
}

const usd = (amount: string) => `price: { amount: "${amount}", currencyCode: "USD" }`

/** One of every mutation and every field it changes: between them they evict every class of keys that any write can. */
export const everyStep: readonly string[] = [
  update('productUpdate', 'Product:1', 'title: "Zip Shirt"'),
  update('productUpdate', 'Product:1', 'brand: "Tallow"'),
  update('productUpdate', 'Product:1', 'descriptionHtml: "<p>Cup of linen</p>"'),
  update('productUpdate', 'Product:1', 'slug: "renamed"'),
  update('productUpdate', 'Product:3', 'status: DRAFT'),
  update('productUpdate', 'Product:4', 'status: ACTIVE'),
  update('productUpdate', 'Product:2', 'images: []'),
  update('productUpdate', 'Product:2', 'categories: ["Category:3", "Category:6"]'),
  update('productUpdate', 'Product:8', 'categories: ["Category:5", "Category:4"]'),
  mutation('variantCreate', `product: "Product:6", input: { sku: "HS-X", ${usd('49.00')}, quantityAvailable: 1 }`),
  update('variantUpdate', 'ProductVariant:1', usd('99.00')),
  update('variantUpdate', 'ProductVariant:2', usd('50.00')),
  update('variantUpdate', 'ProductVariant:1', 'sku: "SD-9", title: "Small"'),
  mutation('inventoryAdjust', 'variant: "ProductVariant:1", delta: -3'),
  mutation('inventoryAdjust', 'variant: "ProductVariant:3", delta: 4'),
  mutation('variantDelete', 'id: "ProductVariant:7"'),
  mutation('reviewCreate', 'product: "Product:1", input: { rating: 1, title: "Meh", body: "", author: "Gus" }'),
  update('reviewUpdate', 'Review:2', 'rating: 5'),
  update('reviewUpdate', 'Review:1', 'title: "Changed", body: "Also"'),
  mutation('reviewDelete', 'id: "Review:4"'),
  update('categoryUpdate', 'Category:3', 'name: "Aprons"'),
  update('categoryUpdate', 'Category:6', 'name: "Attic", description: "New"'),
  update('categoryUpdate', 'Category:6', 'slug: "shirts-2"'),
  update('categoryUpdate', 'Category:3', 'slug: "shirts-3"'),
  update('categoryUpdate', 'Category:5', 'parent: "Category:1"'),
  update('categoryUpdate', 'Category:2', 'parent: null'),
  mutation('categoryCreate', 'input: { name: "Bowls", slug: "bowls", parent: "Category:1" }'),
  mutation(
    'productCreate',
    `input: { title: "New Shirt", slug: "harbor-shirt", brand: "Nordvik", categories: ["Category:3"], variants: [{ sku: "SHIRT", ${usd('50.00')}, quantityAvailable: 2 }] }`,
  ),
  mutation('productDelete', 'id: "Product:2"'),
  mutation('categoryDelete', 'id: "Category:1001"'),
]

const product = fc.constantFrom(1, 2, 3, 4, 6, 1001).map((id) => `Product:${id}`)
const variant = fc.constantFrom(1, 2, 3, 4, 6, 7, 1001).map((id) => `ProductVariant:${id}`)
const review = fc.constantFrom(1, 2, 4, 5, 6, 1001).map((id) => `Review:${id}`)
const category = fc.constantFrom(1, 2, 3, 4, 5, 6, 1001).map((id) => `Category:${id}`)
const slug = fc.constantFrom('harbor-shirt', 'renamed', 'secret-draft', 'shirts', 'empty', 'linen-shirts')
const sku = fc.constantFrom('HS-S', 'HS-X', 'SHIRT', 'MUG-1')
const price = fc
  .constantFrom(['1.00', 'USD'], ['49.00', 'USD'], ['55.00', 'USD'], ['12.00', 'EUR'])
  .map(([amount, currency]) => `price: { amount: "${amount}", currencyCode: "${currency}" }`)
const status = fc.constantFrom('ACTIVE', 'DRAFT', 'ARCHIVED').map((each) => `status: ${each}`)
const categories = fc
  .uniqueArray(category, { maxLength: 3 })
  .map((ids) => `categories: [${ids.map((id) => `"${id}"`).join()}]`)
const title = fc.constantFrom('Anorak', 'Harbor Shirt', 'Zip Mug').map((each) => `title: "${each}"`)
const name = fc.constantFrom('Aprons', 'Linen', 'Zines').map((each) => `name: "${each}"`)
const brand = fc.constantFrom('"Nordvik"', '"Tallow"', 'null').map((each) => `brand: ${each}`)
const parent = fc.oneof(
  fc.constant('parent: null'),
  category.map((id) => `parent: "${id}"`),
)
const named = (field: string, arbitrary: fc.Arbitrary<string>) => arbitrary.map((each) => `${field}: "${each}"`)
const some = (...fields: readonly fc.Arbitrary<string>[]) =>
  fc.subarray([...fields], { minLength: 1 }).chain((chosen) => fc.tuple(...chosen).map((texts) => texts.join(', ')))

/** Any mutation, as a client might send it; many are refused, and then change nothing. */
export const anyStep: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(product, some(title, brand, status, categories, named('slug', slug)))
    .map(([id, input]) => update('productUpdate', id, input)),
  fc
    .tuple(title, fc.oneof(status, fc.constant('')), categories, sku, price)
    .map(([t, s, c, k, p]) =>
      mutation('productCreate', `input: { ${t}, ${s}, ${c}, variants: [{ sku: "${k}", ${p} }] }`),
    ),
  product.map((id) => mutation('productDelete', `id: "${id}"`)),
  fc
    .tuple(product, sku, price, fc.nat(2))
    .map(([id, k, p, q]) =>
      mutation('variantCreate', `product: "${id}", input: { sku: "${k}", ${p}, quantityAvailable: ${q} }`),
    ),
  fc.tuple(variant, some(title, price, named('sku', sku))).map(([id, input]) => update('variantUpdate', id, input)),
  variant.map((id) => mutation('variantDelete', `id: "${id}"`)),
  fc
    .tuple(variant, fc.integer({ min: -5, max: 5 }))
    .map(([id, delta]) => mutation('inventoryAdjust', `variant: "${id}", delta: ${delta}`)),
  fc
    .tuple(product, fc.integer({ min: 1, max: 5 }))
    .map(([id, rating]) =>
      mutation('reviewCreate', `product: "${id}", input: { rating: ${rating}, title: "T", body: "", author: "A" }`),
    ),
  fc
    .tuple(review, fc.integer({ min: 1, max: 5 }))
    .map(([id, rating]) => update('reviewUpdate', id, `rating: ${rating}`)),
  review.map((id) => mutation('reviewDelete', `id: "${id}"`)),
  fc.tuple(name, parent).map(([n, p]) => mutation('categoryCreate', `input: { ${n}, ${p} }`)),
  fc.tuple(category, some(name, parent, named('slug', slug))).map(([id, input]) => update('categoryUpdate', id, input)),
  category.map((id) => mutation('categoryDelete', `id: "${id}"`)),
)
