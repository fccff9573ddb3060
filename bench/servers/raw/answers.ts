import { numberOf } from '../catalog/ids.ts'
import type { Kind, ProductRow, Rows } from '../catalog/rows.ts'

/** One thing of some kind. */
export type Wanted = readonly [kind: Kind, id: number]
/** Whatever is wanted, of any kinds, in its order. */
export type ReadAll = (wanted: readonly Wanted[]) => Promise<readonly unknown[]>

interface Variables {
  readonly id: string
  readonly ids: readonly string[]
}

/** The measured queries, answered by hand: no GraphQL, and as few round trips as the data allows. */
export const answers: Readonly<Record<string, (read: ReadAll, variables: Variables) => Promise<object>>> = {
  async Q1(read, { id }) {
    const [product, categoryIds] = await read(of(numberOf(id), 'product', 'categoryIds'))
    const categories = await read((categoryIds as number[]).map((each) => ['category', each]))
    const { slug, title, brand } = product as ProductRow
    return { product: { id, slug, title, brand, categories: categories.map(named('Category')) } }
  },
  async Q2(read, { id }) {
    const [category, newest] = await read(of(numberOf(id), 'category', 'newestIds'))
    const nodes = await cards(read, newest as number[])
    return { category: { id, name: (category as Rows['category']).name, products: { nodes } } }
  },
  async Q3(read, { id }) {
    const kinds = ['product', 'rating', 'categoryIds', 'reviewIds'] as const
    const [product, reviewSummary, categoryIds, reviewIds] = await read(of(numberOf(id), ...kinds))
    const categoryCount = (categoryIds as number[]).length
    const below = await read([
      ...(categoryIds as number[]).map((each) => ['category', each] as const),
      ...(reviewIds as number[]).map((each) => ['review', each] as const),
    ])
    const { slug, title, description, brand, status } = product as ProductRow
    const categories = below.slice(0, categoryCount).map(named('Category'))
    const reviews = { nodes: below.slice(categoryCount).map(named('Review')) }
    return { product: { id, slug, title, description, brand, status, categories, reviewSummary, reviews } }
  },
  Q4: async (read, { ids }) => ({ nodes: await cards(read, ids.map(numberOf)) }),
}

function of(id: number, ...kinds: readonly Kind[]): Wanted[] {
  return kinds.map((kind) => [kind, id])
}

async function cards(read: ReadAll, ids: readonly number[]): Promise<object[]> {
  const found = await read([...ids.map((id) => ['product', id] as const), ...ids.map((id) => ['rating', id] as const)])
  return ids.map((id, i) => {
    const { slug, title } = found[i] as ProductRow
    return { id: `Product:${id}`, slug, title, reviewSummary: found[ids.length + i] }
  })
}

function named(type: string): (row: unknown) => object {
  return (row) => ({ ...(row as { id: number }), id: `${type}:${(row as { id: number }).id}` })
}
