import pg from 'pg'

export interface ProductRow {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly brand: string | null
  readonly status: string
}
export interface CategoryRow {
  readonly id: number
  readonly name: string
}
export interface ReviewRow {
  readonly id: number
  readonly rating: number
  readonly title: string
  readonly body: string
  readonly author: string
  readonly createdAt: string
}
export interface RatingRow {
  readonly count: number
  readonly averageRating: number | null
}

/** What can be asked for by one id: rows, what a product's reviews add up to, and lists of ids. */
export interface Rows {
  readonly product: ProductRow
  readonly category: CategoryRow
  readonly review: ReviewRow
  readonly rating: RatingRow
  /** The categories of a product, in its own order. */
  readonly categoryIds: readonly number[]
  /** The 20 newest products of a category. */
  readonly newestIds: readonly number[]
  /** The 10 newest reviews of a product. */
  readonly reviewIds: readonly number[]
}
export type Kind = keyof Rows

/** What many ids of one kind are, in their order. */
export type Load = <K extends Kind>(kind: K, ids: readonly number[]) => Promise<(Rows[K] | null)[]>

const statements: { readonly [K in Kind]: string } = {
  product: `SELECT id, slug, title, description, brand, status FROM product WHERE id = ANY ($1) AND status = 'ACTIVE'`,
  category: `SELECT id, name FROM category WHERE id = ANY ($1)`,
  review: `SELECT id, rating, title, body, author, created_at AS "createdAt" FROM review WHERE id = ANY ($1)`,
  rating: `SELECT product_id AS key, count, average AS "averageRating" FROM product_rating WHERE product_id = ANY ($1)`,
  categoryIds: `SELECT product_id AS key, array_agg(category_id ORDER BY position, category_id) AS list
    FROM product_category WHERE product_id = ANY ($1) GROUP BY product_id`,
  newestIds: `SELECT c.id AS key, array_agg(p.id ORDER BY p.created_at DESC, p.id) AS list
    FROM unnest($1::int[]) AS c (id) CROSS JOIN LATERAL (
      SELECT p.id, p.created_at FROM product_category pc JOIN product p ON p.id = pc.product_id
      WHERE pc.category_id = c.id AND p.status = 'ACTIVE' ORDER BY p.created_at DESC, p.id LIMIT 20) p GROUP BY c.id`,
  reviewIds: `SELECT p.id AS key, array_agg(r.id ORDER BY r.created_at DESC, r.id) AS list
    FROM unnest($1::int[]) AS p (id) CROSS JOIN LATERAL (
      SELECT r.id, r.created_at FROM review r WHERE r.product_id = p.id ORDER BY r.created_at DESC, r.id LIMIT 10) r
    GROUP BY p.id`,
}

interface Answered {
  readonly id?: number
  readonly key?: number
  readonly list?: readonly number[]
  readonly createdAt?: Date
}

/** The tables of the catalog, read with one statement a call, and the one write that is measured. */
export function connectRows(url: string): {
  readonly load: Load
  readonly rename: (id: number, title: string) => Promise<ProductRow | null>
} {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  return {
    async load<K extends Kind>(kind: K, ids: readonly number[]) {
      const { rows } = await pool.query<Answered>({ name: kind, text: statements[kind], values: [ids] })
      const byId = new Map(rows.map((row) => [row.id ?? row.key, valueOf(row) as Rows[K]]))
      const nothing = kind.endsWith('Ids') ? ([] as unknown as Rows[K]) : null
      return ids.map((id) => byId.get(id) ?? nothing)
    },
    async rename(id, title) {
      const { rows } = await pool.query<ProductRow>(
        'UPDATE product SET title = $2 WHERE id = $1 RETURNING id, slug, title, description, brand, status',
        [id, title],
      )
      return rows[0] ?? null
    },
  }
}

function valueOf({ key: _key, list, createdAt, ...row }: Answered): unknown {
  if (list !== undefined) return list
  return createdAt === undefined ? row : { ...row, createdAt: createdAt.toISOString() }
}
