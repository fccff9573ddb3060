import type pg from 'pg'
import { expect, it } from 'vitest'
import { picture } from '../../src/pictures/picture.ts'
import { seedCatalog } from '../../src/seed/seed.ts'
import { testDatabase } from '../setup/index.ts'

const content = `SELECT md5(string_agg(t::text, '' ORDER BY t::text)) AS digest FROM (
  SELECT p.slug, p.title, p.description_html, p.brand, p.status::text, p.images, p.created_at, v.sku, v.price_minor, v.quantity, v.selected_options,
    (SELECT string_agg(r.title || r.body || r.author || r.rating, '' ORDER BY r.id) FROM review r WHERE r.product_id = p.id) AS reviews
  FROM product p LEFT JOIN product_variant v ON v.product_id = p.id) t`

async function one(client: pg.Client, sql: string): Promise<Record<string, unknown>> {
  return ((await client.query(sql)).rows[0] ?? {}) as Record<string, unknown>
}

it('draws the same catalog for the same seed number, and another for another', async () => {
  const [first, second, third] = [await testDatabase(), await testDatabase(), await testDatabase()]
  const seeded = await seedCatalog(first.client, { products: 200, seed: 5 })
  await seedCatalog(second.client, { products: 200, seed: 5 })
  await seedCatalog(third.client, { products: 200, seed: 6 })
  const [a, b, c] = [
    await one(first.client, content),
    await one(second.client, content),
    await one(third.client, content),
  ]
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
  expect(await one(first.client, 'SELECT count(*)::int AS variants FROM product_variant')).toEqual({
    variants: seeded.variants,
  })
  expect(await one(first.client, 'SELECT count(*)::int AS reviews FROM review')).toEqual({ reviews: seeded.reviews })
})

it('adds to what is there, never the same product twice', async () => {
  const { client } = await testDatabase()
  const progress: number[] = []
  await seedCatalog(client, { products: 50, seed: 5 })
  await seedCatalog(client, { products: 2500, seed: 5, onProgress: (stored) => progress.push(stored) })
  expect(await one(client, 'SELECT count(*)::int AS products FROM product')).toEqual({ products: 2550 })
  expect(progress).toEqual([2000, 2500])
})

it('makes a believable catalog: a tree, skewed popularity, pictures that exist', async () => {
  const { client } = await testDatabase()
  await seedCatalog(client, { products: 1000, seed: 1 })
  expect(
    await one(
      client,
      'SELECT count(*) > 20 AS many, count(*) FILTER (WHERE parent_id IS NULL) < 15 AS roots FROM category',
    ),
  ).toEqual({ many: true, roots: true })
  const { share } = await one(
    client,
    `SELECT sum(count) FILTER (WHERE place <= 100)::float8 / sum(count) AS share
     FROM (SELECT count, row_number() OVER (ORDER BY count DESC) AS place FROM product_rating) r`,
  )
  // a tenth of the products has most of the reviews
  expect(share).toBeGreaterThan(0.4)
  const { rows } = await client.query<{ url: string }>(
    `SELECT DISTINCT image->>'url' AS url FROM product, jsonb_array_elements(images) AS image LIMIT 200`,
  )
  expect(rows.length).toBeGreaterThan(50)
  for (const { url } of rows) expect(picture(url.replace('/pictures/', ''))).toMatch(/^<svg[^>]*viewBox/)
})

it('no picture has a name that was never given', () => {
  for (const name of ['', '../x.svg', 'mug.svg', 'nothing-10-0.svg', 'mug-1000-0.svg']) expect(picture(name)).toBeNull()
})
