import type pg from 'pg'
import type { Writes } from './plan.ts'

/** Changes the rows that a plan names: a few statements for a batch, whatever its size. */
export async function write(client: pg.Client, writes: Writes): Promise<void> {
  await writeCategories(client, writes)
  await writeProducts(client, writes)
  await writeMemberships(client, writes.memberships)
  await writeVariants(client, writes)
  await run(
    client,
    `INSERT INTO "review" ("product_id", "rating", "title", "body", "author")
     SELECT p."id", given."rating", given."title", given."body", given."author"
     FROM jsonb_to_recordset($1) AS given ("product" text, "rating" int, "title" text, "body" text, "author" text, "position" int)
     JOIN "product" p ON p."slug" = given."product" ORDER BY given."position"`,
    writes.newReviews,
  )
  await run(
    client,
    `INSERT INTO "import_seen" ("key", "place", "digest")
     SELECT * FROM jsonb_to_recordset($1) AS given ("key" text, "place" text, "digest" text)`,
    writes.seen,
  )
}

const categoryRecord = `jsonb_to_recordset($1) AS given ("slug" text, "name" text, "description" text, "image" jsonb, "parent" text)`

async function writeCategories(client: pg.Client, { newCategories, changedCategories }: Writes): Promise<void> {
  // a level of the tree at a time: a statement does not see the parents that it is only just inserting
  const waiting = new Set(newCategories.map(({ slug }) => slug))
  while (waiting.size > 0) {
    const level = newCategories.filter(
      ({ slug, parent }) => waiting.has(slug) && (parent === null || !waiting.has(parent)),
    )
    for (const { slug } of level) waiting.delete(slug)
    await run(
      client,
      `INSERT INTO "category" ("slug", "name", "description", "image", "parent_id")
       SELECT given."slug", given."name", given."description", nullif(given."image", 'null'), p."id"
       FROM ${categoryRecord} LEFT JOIN "category" p ON p."slug" = given."parent"`,
      level,
    )
  }
  await run(
    client,
    `UPDATE "category" c SET "name" = given."name", "description" = given."description", "image" = nullif(given."image", 'null'),
       "parent_id" = (SELECT p."id" FROM "category" p WHERE p."slug" = given."parent")
     FROM ${categoryRecord} WHERE c."slug" = given."slug"`,
    changedCategories,
  )
}

const productRecord = `jsonb_to_recordset($1) AS given ("slug" text, "title" text, "descriptionHtml" text, "description" text,
  "brand" text, "status" "ProductStatus", "images" jsonb)`

async function writeProducts(client: pg.Client, { newProducts, changedProducts }: Writes): Promise<void> {
  await run(
    client,
    `INSERT INTO "product" ("slug", "title", "description_html", "description", "brand", "status", "images")
     SELECT * FROM ${productRecord}`,
    newProducts,
  )
  await run(
    client,
    `UPDATE "product" p SET "title" = given."title", "description_html" = given."descriptionHtml",
       "description" = given."description", "brand" = given."brand", "status" = given."status", "images" = given."images"
     FROM ${productRecord} WHERE p."slug" = given."slug"`,
    changedProducts,
  )
}

async function writeMemberships(client: pg.Client, memberships: Writes['memberships']): Promise<void> {
  const wanted = `SELECT p."id" AS "product_id", c."id" AS "category_id", listed."position" - 1 AS "position"
    FROM jsonb_to_recordset($1) AS given ("product" text, "categories" jsonb)
    JOIN "product" p ON p."slug" = given."product"
    LEFT JOIN LATERAL jsonb_array_elements_text(given."categories") WITH ORDINALITY AS listed ("slug", "position") ON true
    LEFT JOIN "category" c ON c."slug" = listed."slug"`
  await run(
    client,
    `WITH wanted AS (${wanted})
     DELETE FROM "product_category" pc USING (SELECT DISTINCT "product_id" FROM wanted) AS named
     WHERE pc."product_id" = named."product_id"
       AND NOT EXISTS (SELECT FROM wanted w WHERE w."product_id" = pc."product_id" AND w."category_id" = pc."category_id")`,
    memberships,
  )
  await run(
    client,
    `INSERT INTO "product_category" AS pc ("product_id", "category_id", "position")
     SELECT * FROM (${wanted}) AS wanted WHERE "category_id" IS NOT NULL
     ON CONFLICT ("product_id", "category_id") DO UPDATE SET "position" = EXCLUDED."position"
     WHERE pc."position" <> EXCLUDED."position"`,
    memberships,
  )
}

const variantRecord = `jsonb_to_recordset($1) AS given ("sku" text, "product" text, "title" text, "priceMinor" bigint,
  "currency" text, "quantity" int, "options" jsonb, "image" jsonb, "position" int)`

/** Updates before inserts: so a product can change its currency and gain a variant in the new one at once. */
async function writeVariants(client: pg.Client, { newVariants, changedVariants }: Writes): Promise<void> {
  await run(
    client,
    `UPDATE "product_variant" v SET "title" = given."title", "price_minor" = given."priceMinor", "currency" = given."currency",
       "quantity" = given."quantity", "selected_options" = given."options", "image" = nullif(given."image", 'null')
     FROM ${variantRecord} WHERE v."sku" = given."sku"`,
    changedVariants,
  )
  await run(
    client,
    `INSERT INTO "product_variant" ("product_id", "sku", "title", "price_minor", "currency", "quantity", "selected_options", "image")
     SELECT p."id", given."sku", given."title", given."priceMinor", given."currency", given."quantity", given."options",
       nullif(given."image", 'null')
     FROM ${variantRecord} JOIN "product" p ON p."slug" = given."product" ORDER BY given."position"`,
    newVariants,
  )
}

async function run(client: pg.Client, statement: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0)
    await client.query(statement, [JSON.stringify(rows.map((row, position) => ({ ...row, position })))])
}
