import type pg from 'pg'
import type { Candidate, ImageLine, ProductLine } from './line.ts'

/** What the catalog and this import hold of whatever a batch names. */
export interface State {
  readonly categories: ReadonlyMap<string, StoredCategory>
  readonly products: ReadonlyMap<string, StoredProduct>
  /** By sku. */
  readonly variants: ReadonlyMap<string, StoredVariant>
  /** Digests of the reviews among those of the batch that exist. */
  readonly reviews: ReadonlySet<string>
  /** What earlier batches of this import have stored, by kind and key. */
  readonly seen: ReadonlyMap<string, { readonly place: string; readonly digest: string }>
}

export interface StoredCategory {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly parent: string | null
  readonly image: ImageLine | null
}

export type StoredProduct = Required<Omit<ProductLine, 'slug' | 'variants'>> & { readonly id: number }

export interface StoredVariant {
  readonly id: number
  /** The product's slug. */
  readonly product: string
  readonly title: string
  readonly priceMinor: number
  readonly currency: string
  readonly quantity: number
  readonly options: readonly { readonly name: string; readonly value: string }[]
  readonly image: ImageLine | null
}

/**
 * Reads what a batch must be compared with. The products are locked first, so that what two imports decide about the
 * same product follows one on the other.
 */
export async function readState(client: pg.Client, lines: readonly Candidate[]): Promise<State> {
  const slugs = [...new Set(lines.flatMap(productsOf))]
  await client.query('SELECT FROM "product" WHERE "slug" = ANY ($1) ORDER BY "id" FOR NO KEY UPDATE', [slugs])
  return {
    products: await readProducts(client, slugs),
    variants: await readVariants(client, slugs, lines.flatMap(skusOf)),
    categories: await readCategories(client, [...new Set(lines.flatMap(categoriesOf))]),
    reviews: await readReviews(client, lines),
    seen: await readSeen(client, lines),
  }
}

async function readProducts(client: pg.Client, slugs: readonly string[]): Promise<Map<string, StoredProduct>> {
  const { rows } = await client.query<StoredProduct & { slug: string }>(
    `SELECT "id", "slug", "title", "description_html" AS "descriptionHtml", "description", "brand", "status", "images",
       ARRAY(SELECT c."slug" FROM "product_category" pc JOIN "category" c ON c."id" = pc."category_id"
             WHERE pc."product_id" = p."id" ORDER BY pc."position", c."id") AS "categories"
     FROM "product" p WHERE "slug" = ANY ($1)`,
    [slugs],
  )
  return new Map(rows.map((row) => [row.slug, row]))
}

async function readVariants(
  client: pg.Client,
  slugs: readonly string[],
  skus: readonly string[],
): Promise<Map<string, StoredVariant>> {
  const { rows } = await client.query<StoredVariant & { sku: string }>(
    `SELECT v."id", v."sku", p."slug" AS "product", v."title", v."price_minor"::float8 AS "priceMinor", v."currency", v."quantity",
       v."selected_options" AS "options", v."image"
     FROM "product_variant" v JOIN "product" p ON p."id" = v."product_id"
     WHERE v."product_id" IN (SELECT "id" FROM "product" WHERE "slug" = ANY ($1)) OR v."sku" = ANY ($2)`,
    [slugs, skus],
  )
  return new Map(rows.map((row) => [row.sku, row]))
}

async function readCategories(client: pg.Client, slugs: readonly string[]): Promise<Map<string, StoredCategory>> {
  const { rows } = await client.query<StoredCategory & { slug: string }>(
    `SELECT c."id", c."slug", c."name", c."description", c."image", p."slug" AS "parent"
     FROM "category" c LEFT JOIN "category" p ON p."id" = c."parent_id" WHERE c."slug" = ANY ($1)`,
    [slugs],
  )
  return new Map(rows.map((row) => [row.slug, row]))
}

async function readReviews(client: pg.Client, lines: readonly Candidate[]): Promise<Set<string>> {
  const reviews = lines.flatMap(({ content, digest }) =>
    content.kind === 'review' ? [{ digest, ...content.value }] : [],
  )
  if (reviews.length === 0) return new Set()
  const { rows } = await client.query<{ digest: string }>(
    `SELECT DISTINCT given."digest"
     FROM jsonb_to_recordset($1) AS given ("digest" text, "product" text, "rating" int, "title" text, "body" text, "author" text)
     JOIN "product" p ON p."slug" = given."product"
     JOIN "review" r ON r."product_id" = p."id" AND r."rating" = given."rating" AND r."author" = given."author"
       AND r."title" = given."title" AND r."body" = given."body"`,
    [JSON.stringify(reviews)],
  )
  return new Set(rows.map(({ digest }) => digest))
}

async function readSeen(client: pg.Client, lines: readonly Candidate[]): Promise<State['seen']> {
  const { rows } = await client.query<{ key: string; place: string; digest: string }>(
    'SELECT "key", "place", "digest" FROM "import_seen" WHERE "key" = ANY ($1)',
    [lines.map(({ key }) => key)],
  )
  return new Map(rows.map((row) => [row.key, row]))
}

function productsOf({ content }: Candidate): string[] {
  if (content.kind === 'product') return [content.value.slug]
  return content.kind === 'review' ? [content.value.product] : []
}

function categoriesOf({ content }: Candidate): readonly string[] {
  if (content.kind === 'product') return content.value.categories ?? []
  if (content.kind === 'review') return []
  const { slug, parent } = content.value
  return parent ? [slug, parent] : [slug]
}

function skusOf({ content }: Candidate): string[] {
  return content.kind === 'product' ? (content.value.variants ?? []).map(({ sku }) => sku) : []
}
