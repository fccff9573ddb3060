import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../setup/index.ts'

const { url, client } = await testDatabase()

beforeEach(async () => {
  await client.query(`
    TRUNCATE category, product, product_category, product_variant, review RESTART IDENTITY CASCADE;
    INSERT INTO category (id, slug, name, parent_id) VALUES (1, 'a', 'A', NULL), (2, 'b', 'B', 1), (3, 'c', 'C', NULL);
    INSERT INTO product (id, slug, title) VALUES (1, 'p', 'P'), (2, 'q', 'Q');
    INSERT INTO product_variant (id, product_id, sku, price_minor, currency) VALUES (1, 1, 'S', 100, 'USD');
    SELECT setval(pg_get_serial_sequence(t, 'id'), 1000) FROM unnest(ARRAY['category', 'product', 'product_variant', 'review']) AS t;
  `)
})

const variant = (columns: string, values: string): string =>
  `INSERT INTO product_variant (product_id, sku, price_minor, currency${columns}) VALUES (1, 'T', 100, 'USD'${values})`

describe('the database refuses', () => {
  it.each([
    ['a slug that is taken', `INSERT INTO product (slug, title) VALUES ('p', 'X')`, 'product_slug_key'],
    ['a slug of another shape', `INSERT INTO product (slug, title) VALUES ('No Slug', 'X')`, 'product_slug_shape'],
    ['an empty title', `INSERT INTO product (slug, title) VALUES ('x', '')`, 'product_title_length'],
    ['images that are no list', `UPDATE product SET images = '{}'`, 'product_images_shape'],
    ['a category slug that is taken', `INSERT INTO category (slug, name) VALUES ('a', 'X')`, 'category_slug_key'],
    [
      'a sku that is taken',
      `INSERT INTO product_variant (product_id, sku, price_minor, currency) VALUES (2, 'S', 1, 'USD')`,
      'product_variant_sku_key',
    ],
    ['a sku in another Unicode form', `UPDATE product_variant SET sku = U&'e\\0301'`, 'product_variant_sku_form'],
    ['a price of nothing', 'UPDATE product_variant SET price_minor = 0', 'product_variant_price_range'],
    [
      'a price that clients cannot hold',
      'UPDATE product_variant SET price_minor = 9007199254740992',
      'product_variant_price_range',
    ],
    ['a negative quantity', variant(', quantity', ', -1'), 'product_variant_quantity_range'],
    ['a currency of another shape', `UPDATE product_variant SET currency = 'usd'`, 'product_variant_currency_shape'],
    [
      'two currencies in one product',
      `INSERT INTO product_variant (product_id, sku, price_minor, currency) VALUES (1, 'T', 1, 'EUR')`,
      'product_variant_one_currency',
    ],
    [
      'no stars',
      `INSERT INTO review (product_id, rating, title, body, author) VALUES (1, 0, '', '', 'A')`,
      'review_rating_range',
    ],
    [
      'six stars',
      `INSERT INTO review (product_id, rating, title, body, author) VALUES (1, 6, '', '', 'A')`,
      'review_rating_range',
    ],
    ['a category below itself', 'UPDATE category SET parent_id = 2 WHERE id = 1', 'category_tree_acyclic'],
    ['a category that is its own parent', 'UPDATE category SET parent_id = 3 WHERE id = 3', 'category_tree_acyclic'],
    ['the end of a category with children', 'DELETE FROM category WHERE id = 1', 'category_parent_id_fkey'],
    [
      '21 levels',
      `INSERT INTO category (id, slug, name, parent_id) SELECT 100 + i, 'l' || i, 'L', CASE i WHEN 0 THEN NULL ELSE 99 + i END FROM generate_series(0, 20) i`,
      'category_tree_depth',
    ],
    [
      '251 children',
      `INSERT INTO category (slug, name, parent_id) SELECT 'w' || i, 'W', 3 FROM generate_series(1, 251) i`,
      'category_tree_width',
    ],
    [
      '51 categories of one product',
      `WITH c AS (INSERT INTO category (slug, name) SELECT 'm' || i, 'M' FROM generate_series(1, 51) i RETURNING id) INSERT INTO product_category (product_id, category_id) SELECT 1, id FROM c`,
      'product_category_count',
    ],
  ])('%s', async (_name, sql, constraint) => {
    await expect(client.query(sql)).rejects.toMatchObject({ constraint })
  })

  it('two moves that cross, of which each alone would be right', async () => {
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    try {
      await client.query('UPDATE category SET parent_id = NULL WHERE id = 2')
      await client.query('BEGIN')
      await other.query('BEGIN')
      await client.query('UPDATE category SET parent_id = 2 WHERE id = 1')
      const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const crossing = other.query('UPDATE category SET parent_id = 1 WHERE id = 2').catch((error: Error) => error)
      // only once the second move waits for the first has the race begun
      await waits(rows[0]?.pid ?? 0)
      await client.query('COMMIT')
      expect(await crossing).toMatchObject({ constraint: 'category_tree_acyclic' })
      await other.query('ROLLBACK')
    } finally {
      await other.end()
    }
  })
})

async function waits(pid: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ blocked: boolean }>(
      'SELECT cardinality(pg_blocking_pids($1)) > 0 AS blocked',
      [pid],
    )
    if (rows[0]?.blocked === true) return
  }
}

describe('the database keeps', () => {
  const one = async (sql: string): Promise<unknown> => (await client.query(sql)).rows[0]

  it('a version and a time that move with every change and with nothing else', async () => {
    await client.query(`UPDATE product SET title = 'P', version = 9, updated_at = '2000-01-01' WHERE id = 1`)
    expect(await one('SELECT version FROM product WHERE id = 1')).toEqual({ version: 1 })
    await client.query(`UPDATE product SET title = 'New' WHERE id = 1`)
    expect(await one('SELECT version, updated_at > created_at AS moved FROM product WHERE id = 1')).toEqual({
      version: 2,
      moved: true,
    })
  })

  it('the price range and the stock of a product', async () => {
    const pricing = 'SELECT currency, min_price, max_price, in_stock FROM product_pricing WHERE product_id = 1'
    await client.query(
      `INSERT INTO product_variant (product_id, sku, price_minor, currency, quantity) VALUES (1, 'T', 300, 'USD', 2)`,
    )
    expect(await one(pricing)).toEqual({ currency: 'USD', min_price: '100', max_price: '300', in_stock: true })
    await client.query(`DELETE FROM product_variant WHERE sku = 'T'`)
    expect(await one(pricing)).toEqual({ currency: 'USD', min_price: '100', max_price: '100', in_stock: false })
    await client.query(`UPDATE product_variant SET product_id = 2`)
    expect(await one(pricing)).toEqual({ currency: null, min_price: null, max_price: null, in_stock: false })
  })

  it('the rating of a product', async () => {
    await client.query(
      `INSERT INTO review (product_id, rating, title, body, author) VALUES (1, 5, '', '', 'A'), (1, 2, '', '', 'A')`,
    )
    const rating = 'SELECT count, average, one, two, three, four, five FROM product_rating WHERE product_id = 1'
    expect(await one(rating)).toEqual({ count: 2, average: 3.5, one: 0, two: 1, three: 0, four: 0, five: 1 })
    await client.query('TRUNCATE review')
    expect(await one(rating)).toEqual({ count: 0, average: null, one: 0, two: 0, three: 0, four: 0, five: 0 })
  })

  it('the words that find a product', async () => {
    const finds = async (word: string): Promise<unknown> =>
      one(`SELECT document @@ to_tsquery('simple', '${word}') AS found FROM product_search WHERE product_id = 1`)
    expect(await finds('kitchen')).toEqual({ found: false })
    await client.query('INSERT INTO product_category (product_id, category_id) VALUES (1, 3)')
    await client.query(`UPDATE category SET name = 'Kitchen' WHERE id = 3`)
    expect(await finds('kitchen')).toEqual({ found: true })
    await client.query(`UPDATE product_variant SET sku = 'MUG-1'`)
    expect(await finds('mug')).toEqual({ found: true })
  })
})
