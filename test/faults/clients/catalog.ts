import type pg from 'pg'

/** What a shelf product is, apart from what no read shows; null where it does not exist. */
export interface ShelfProduct {
  readonly title: string
  /** In whole units of the currency. */
  readonly price: number
  readonly inStock: boolean
  readonly sku: string
  readonly categories: readonly number[]
}

export interface ReviewState {
  readonly rating: number
  readonly title: string
}

// few things, so that everybody meets at them
export const hotProducts = [1, 2, 3, 4, 5, 6]
/** A product's first variant is renamed and repriced, its second one counts. */
export const hotVariants = hotProducts.map((id) => 2 * id - 1)
export const counters = hotProducts.map((id) => 2 * id)
export const reviewedProducts = [1, 2]
export const firstQuantity = 1_000_000

export const shelves = { top: 1, other: 2, wandering: 3 } as const
export const hotCategories = [4, 5]
export const firstShelfProduct = 101
export const shelfSize = 12

/** The shelf products that there are at first, by slug. */
export function firstShelf(): Map<string, { id: number; variant: number; state: ShelfProduct }> {
  const all = Object.values(shelves)
  return new Map(
    Array.from({ length: shelfSize }, (_, i) => [
      `shelf-${i}`,
      {
        id: firstShelfProduct + i,
        variant: firstShelfProduct + i,
        state: {
          title: `first ${String(i).padStart(8, '0')}`,
          price: 100 + i,
          inStock: true,
          sku: `shelf-${i}`,
          categories: [all[i % all.length] ?? shelves.top],
        },
      },
    ]),
  )
}

/** Fills an empty catalog with what the clients expect. */
export async function storeCatalog(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO category (id, slug, name, parent_id) VALUES
      (1, 'top', 'Top', NULL), (2, 'other', 'Other', NULL), (3, 'wandering', 'Wandering', 1),
      (4, 'hot-1', 'first', NULL), (5, 'hot-2', 'first', NULL);
    INSERT INTO product (id, slug, title) SELECT i, 'hot-' || i, 'first' FROM generate_series(1, 6) AS i;
    INSERT INTO product_variant (id, product_id, sku, title, price_minor, currency, quantity)
      SELECT 2 * i - 1, i, 'hot-' || i, 'first', 100, 'USD', 1 FROM generate_series(1, 6) AS i
      UNION ALL SELECT 2 * i, i, 'count-' || i, 'counter', 500, 'USD', ${firstQuantity} FROM generate_series(1, 6) AS i;
  `)
  for (const [slug, { id, variant, state }] of firstShelf()) {
    await client.query('INSERT INTO product (id, slug, title) VALUES ($1, $2, $3)', [id, slug, state.title])
    await client.query(
      `INSERT INTO product_variant (id, product_id, sku, price_minor, currency, quantity) VALUES ($1, $2, $3, $4, 'USD', 1)`,
      [variant, id, state.sku, state.price * 100],
    )
    for (const category of state.categories) {
      await client.query('INSERT INTO product_category (product_id, category_id) VALUES ($1, $2)', [id, category])
    }
  }
  await client.query(`
    SELECT setval(pg_get_serial_sequence(t, 'id'), 1000) FROM unnest(ARRAY['category', 'product', 'product_variant', 'review']) AS t;
    DELETE FROM outbox;
  `)
}
