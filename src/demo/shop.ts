import { StartError } from '../start-error.ts'
import type { Ask } from './client.ts'

/** What is for sale, as far as the demo asks for it. */
export interface Shop {
  readonly products: readonly { readonly id: string; readonly slug: string; readonly word: string }[]
  readonly categories: readonly string[]
  readonly variants: readonly Variant[]
}

export interface Variant {
  readonly id: string
  readonly price: { readonly amount: string; readonly currencyCode: string }
}

const mostPages = 5

const pageOfProducts = `query DemoBegins($after: String) {
  products(first: 100, after: $after) {
    nodes { id slug title categories { id } variants(first: 1) { nodes { id price { amount currencyCode } } } }
    pageInfo { hasNextPage endCursor }
  }
}`

interface Products {
  readonly nodes: readonly {
    readonly id: string
    readonly slug: string
    readonly title: string
    readonly categories: readonly { readonly id: string }[]
    readonly variants: { readonly nodes: readonly Variant[] }
  }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** Looks round in a catalog: some hundred products with their categories. @throws StartError where it is empty */
export async function lookRound(ask: Ask): Promise<Shop> {
  const found: Products['nodes'][number][] = []
  let after: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const { data, fault } = await ask(pageOfProducts, { variables: { after } })
    const products = data?.['products'] as Products | undefined
    if (products === undefined) throw new StartError(`The catalog cannot be read: ${fault ?? 'no answer'}.`)
    found.push(...products.nodes)
    after = products.pageInfo.endCursor
    if (!products.pageInfo.hasNextPage) break
  }
  if (found.length === 0) throw new StartError('The catalog is empty. Fill it with npm run seed -- --products 1000.')
  return {
    products: found.map(({ id, slug, title }) => ({ id, slug, word: title.split(' ')[0] ?? title })),
    categories: [...new Set(found.flatMap(({ categories }) => categories.map(({ id }) => id)))],
    variants: found.flatMap(({ variants }) => variants.nodes),
  }
}
