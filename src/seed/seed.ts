import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { CatalogGenerator, type GeneratedProduct } from './generate.ts'

export interface SeedOptions {
  readonly products: number
  /** The same number draws the same catalog into an empty database. */
  readonly seed: number
  /** Is told how many products have been stored so far. */
  onProgress?(products: number): void
}

export interface Seeded {
  readonly categories: number
  readonly products: number
  readonly variants: number
  readonly reviews: number
}

const chunkSize = 2000

/**
 * Adds generated products to a catalog, in chunks that are each stored whole. A product's content follows from the seed and
 * its id, so a further run adds further products, and never the same one twice.
 */
export async function seedCatalog(client: pg.Client, options: SeedOptions): Promise<Seeded> {
  const generator = new CatalogGenerator(options.products, options.seed)
  const categories = await storeCategories(client, generator)
  let stored = 0
  let variants = 0
  let reviews = 0
  while (stored < options.products) {
    const count = Math.min(chunkSize, options.products - stored)
    const { rows } = await client.query<{ id: number }>(
      `SELECT nextval(pg_get_serial_sequence('product', 'id'))::int4 AS id FROM generate_series(1, $1)`,
      [count],
    )
    const products = rows.map(({ id }) => ({ id, ...generator.product(id) }))
    await storeProducts(client, products, categories)
    stored += count
    variants += products.reduce((sum, product) => sum + product.variants.length, 0)
    reviews += products.reduce((sum, product) => sum + product.reviews.length, 0)
    options.onProgress?.(stored)
  }
  return { categories: categories.size, products: stored, variants, reviews }
}

/** Categories that are there already, from an earlier run or otherwise, are used as they are. */
async function storeCategories(client: pg.Client, generator: CatalogGenerator): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  await client.query('BEGIN')
  for (const { slug, name, description, parent, image } of generator.categories) {
    const { rows } = await client.query<{ id: number }>(
      `WITH created AS (
         INSERT INTO "category" ("slug", "name", "description", "parent_id", "image") VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ("slug") DO NOTHING RETURNING "id")
       SELECT "id" FROM created UNION ALL SELECT "id" FROM "category" WHERE "slug" = $1 LIMIT 1`,
      [
        slug,
        name,
        description,
        parent === null ? null : ids.get(parent),
        { url: image, altText: name, width: 800, height: 800 },
      ],
    )
    const [row] = rows
    if (row !== undefined) ids.set(slug, row.id)
  }
  await client.query('COMMIT')
  return ids
}

type Numbered = GeneratedProduct & { readonly id: number }

async function storeProducts(
  client: pg.Client,
  products: readonly Numbered[],
  categories: Map<string, number>,
): Promise<void> {
  await client.query('BEGIN')
  await copy(
    client,
    'product',
    ['id', 'slug', 'title', 'description_html', 'description', 'brand', 'images', 'status', 'created_at', 'updated_at'],
    products.map((p) => [
      p.id,
      p.slug,
      p.title,
      p.descriptionHtml,
      p.description,
      p.brand,
      JSON.stringify(p.images),
      p.status,
      p.createdAt,
      p.createdAt,
    ]),
  )
  await copy(
    client,
    'product_category',
    ['product_id', 'category_id', 'position'],
    products.flatMap((p) => p.categories.map((slug, i) => [p.id, categories.get(slug) ?? null, i])),
  )
  await copy(
    client,
    'product_variant',
    ['product_id', 'sku', 'title', 'price_minor', 'currency', 'quantity', 'selected_options'],
    products.flatMap((p) =>
      p.variants.map((v) => [
        p.id,
        v.sku,
        v.title,
        v.priceMinor,
        v.currency,
        v.quantity,
        JSON.stringify(v.selectedOptions),
      ]),
    ),
  )
  await copy(
    client,
    'review',
    ['product_id', 'rating', 'title', 'body', 'author', 'created_at', 'updated_at'],
    products.flatMap((p) =>
      p.reviews.map((r) => [p.id, r.rating, r.title, r.body, r.author, r.createdAt, r.createdAt]),
    ),
  )
  await client.query('COMMIT')
}

type Cell = string | number | Date | null

/** Sends rows through COPY, the fastest way into a table. */
async function copy(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: readonly Cell[][],
): Promise<void> {
  if (rows.length === 0) return
  const target = client.query(from(`COPY "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) FROM STDIN`))
  await pipeline(
    rows.map((row) => `${row.map(copyCell).join('\t')}\n`),
    target,
  )
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value in COPY's text format. */
function copyCell(value: Cell): string {
  if (value === null) return '\\N'
  const text = value instanceof Date ? value.toISOString() : String(value)
  return text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? character)
}
