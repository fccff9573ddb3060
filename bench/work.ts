import { generator, zipf } from './draw.ts'
import type { QueryName, Question } from './queries.ts'
import { withClient } from './services.ts'

/** What is asked in the warm parts: the queries, and Q4 with lists that come back. */
export const items = ['Q1', 'Q2', 'Q3', 'Q4', 'Q4r'] as const
export type Item = (typeof items)[number]

const listLength = 50
const recurringLists = 512

/** Which products and categories there are to ask for, the ones asked for most first. */
export interface Subjects {
  readonly products: readonly number[]
  /** Those with at least ten reviews. */
  readonly reviewed: readonly number[]
  /** Those with at least twenty products of their own. */
  readonly categories: readonly number[]
}

/** What a client without a token may see. */
export function readSubjects(url: string): Promise<Subjects> {
  return withClient(url, async (client) => {
    const ids = async (statement: string): Promise<number[]> =>
      (await client.query<{ id: number }>(statement)).rows.map(({ id }) => id)
    return {
      products: await ids(`SELECT id FROM product WHERE status = 'ACTIVE' ORDER BY id`),
      reviewed: await ids(`SELECT id FROM product JOIN product_rating ON product_id = id
        WHERE status = 'ACTIVE' AND count >= 10 ORDER BY id`),
      categories: await ids(`SELECT category_id AS id FROM product_category JOIN product p ON p.id = product_id
        WHERE status = 'ACTIVE' GROUP BY category_id HAVING count(*) >= 20 ORDER BY category_id`),
    }
  })
}

/** So many of each, as far from each other as there are that many. */
export function spread(subjects: Subjects, count: Readonly<Record<keyof Subjects, number>>): Subjects {
  const some = (ids: readonly number[], most: number): number[] => {
    const step = Math.max(1, ids.length / most)
    return Array.from({ length: Math.min(most, ids.length) }, (_, i) => ids[Math.floor(i * step)] ?? 0)
  }
  return {
    products: some(subjects.products, count.products),
    reviewed: some(subjects.reviewed, count.reviewed),
    categories: some(subjects.categories, count.categories),
  }
}

/** Draws questions: the same ones for the same seed, and so for every server. */
export class Work {
  readonly #subjects: Subjects

  constructor(subjects: Subjects) {
    this.#subjects = subjects
  }

  /** So many questions of one kind. Recurring lists and everything but Q4 come back within them. */
  draw(item: Item, count: number, seed: number): Question[] {
    const random = generator(seed)
    if (item === 'Q4') return Array.from({ length: count }, this.#lists(listLength, random))
    if (item === 'Q4r') {
      const lists = Array.from({ length: recurringLists }, this.#lists(listLength, random))
      const place = zipf(lists.length, random)
      return Array.from({ length: count }, () => lists[place()] as Question)
    }
    const ids = this.#of(item)
    const place = zipf(ids.length, random)
    return Array.from({ length: count }, () => ({ query: item, ids: [ids[place()] ?? 0] }))
  }

  /** Lists of so many different products. */
  lists(length: number, count: number, seed: number): Question[] {
    return Array.from({ length: count }, this.#lists(length, generator(seed)))
  }

  /** Lists that hold every product once. */
  everything(): Question[] {
    const { products } = this.#subjects
    return Array.from({ length: Math.ceil(products.length / listLength) }, (_, i) => ({
      query: 'Q4',
      ids: products.slice(i * listLength, (i + 1) * listLength),
    }))
  }

  /** A product to change, the ones asked for most first. */
  product(place: number): number {
    const { products } = this.#subjects
    return products[place % products.length] ?? 0
  }

  get products(): number {
    return this.#subjects.products.length
  }

  #lists(length: number, random: () => number): () => Question {
    const { products } = this.#subjects
    const place = zipf(products.length, random)
    return () => {
      const ids = new Set<number>()
      while (ids.size < Math.min(length, products.length)) ids.add(products[place()] ?? 0)
      return { query: 'Q4', ids: [...ids] }
    }
  }

  #of(query: Exclude<QueryName, 'Q4'>): readonly number[] {
    if (query === 'Q2') return this.#subjects.categories
    return query === 'Q3' ? this.#subjects.reviewed : this.#subjects.products
  }
}
