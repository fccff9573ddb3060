import type { List } from '../connection/list.ts'
import type { SqlValue } from '../connection/order.ts'
import type { CategoryCriterion, PriceCriterion, ProductCriteria } from './filter.ts'
import { allProducts, categoryProducts, facetOf, searchResults, subtreeProducts, type Facet } from './groups.ts'
import type { SearchWords } from './search-words.ts'

/** One condition of a list: its part of the key, the SQL that says the same, and what it looks at. */
interface Clause {
  readonly name: string
  readonly facet?: Facet
  readonly join?: string
  readonly where?: string
  readonly values?: Readonly<Record<string, SqlValue>>
}

/** The products that meet the criteria; with words, those among them that a search for the words finds. */
export function productList(criteria: ProductCriteria, words?: SearchWords): List {
  const clauses = [
    ...criteria.categories.map(categoryClause),
    ...(criteria.status === null ? [] : [statusClause(criteria.status)]),
    ...(criteria.inStock === null ? [] : [stockClause(criteria.inStock)]),
    ...(criteria.brand === null ? [] : [brandClause(criteria.brand)]),
    ...(criteria.price === null ? [] : [priceClause(criteria.price)]),
    ...(words === undefined ? [] : [searchClause(words)]),
  ]
  const bases = basesOf(criteria)
  const facets = clauses.flatMap(({ facet }) => (facet === undefined ? [] : bases.map((base) => facetOf(base, facet))))
  return {
    name: ['products', ...clauses.map((clause) => clause.name)].join(','),
    groups: [...bases, ...facets, ...(words === undefined ? [] : [searchResults])],
    selection: {
      from: [everyProduct, ...clauses.flatMap(({ join }) => join ?? [])].join(' '),
      where: clauses.flatMap(({ where }) => where ?? []),
      values: Object.assign({}, ...clauses.map(({ values }) => values)) as Record<string, SqlValue>,
    },
  }
}

/** Which products may be in the list at all: a change of who they are evicts it. */
export function basesOf({ categories }: ProductCriteria): string[] {
  if (categories.length === 0) return [allProducts]
  return categories.map(({ id, deep }) => (deep ? subtreeProducts(id) : categoryProducts(id)))
}

// outer joins, which the planner drops where nothing looks at their columns
const everyProduct = `"product" p
  LEFT JOIN "product_pricing" pricing ON pricing."product_id" = p."id"
  LEFT JOIN "product_rating" rating ON rating."product_id" = p."id"`

function categoryClause({ id, deep }: CategoryCriterion, index: number): Clause {
  const category = `q.category${index}`
  const subtree = `ARRAY(WITH RECURSIVE tree AS (SELECT ${category} AS id
    UNION SELECT c."id" FROM "category" c JOIN tree ON c."parent_id" = tree.id) SELECT tree.id FROM tree)`
  const members = deep
    ? `(SELECT DISTINCT pc."product_id" FROM "product_category" pc WHERE pc."category_id" = ANY (${subtree}))`
    : `(SELECT pc."product_id" FROM "product_category" pc WHERE pc."category_id" = ${category})`
  return {
    name: `category=${id}${deep ? '+' : ''}`,
    join: `JOIN ${members} AS member${index} ON member${index}."product_id" = p."id"`,
    values: { [`category${index}`]: { type: 'int4', value: id } },
  }
}

function statusClause(status: string): Clause {
  // one of three names, written out so that the planner can use its statistics; evicted with the bases
  return { name: `status=${status}`, where: `p."status" = '${status}'` }
}

function stockClause(inStock: boolean): Clause {
  const where = inStock ? 'pricing."in_stock"' : 'pricing."in_stock" IS NOT TRUE'
  return { name: `stock=${inStock}`, facet: 'stock', where }
}

function brandClause(brand: string): Clause {
  const values = { brand: { type: 'text', value: brand } } as const
  return { name: `brand=${JSON.stringify(brand)}`, facet: 'brand', where: 'p."brand" = q.brand', values }
}

function priceClause({ currency, min, max }: PriceCriterion): Clause {
  const conditions = [
    'v."product_id" = p."id"',
    'v."currency" = q.currency',
    ...(min === null ? [] : ['v."price_minor" >= q.price_min']),
    ...(max === null ? [] : ['v."price_minor" <= q.price_max']),
  ]
  return {
    name: `price=${currency}:${min ?? ''}:${max ?? ''}`,
    facet: 'price',
    where: `EXISTS (SELECT FROM "product_variant" v WHERE ${conditions.join(' AND ')})`,
    values: {
      currency: { type: 'text', value: currency },
      ...(min === null ? {} : { price_min: { type: 'int8', value: min } }),
      ...(max === null ? {} : { price_max: { type: 'int8', value: max } }),
    },
  }
}

function searchClause({ whole, last }: SearchWords): Clause {
  // words are letters and digits alone, so quoting them is enough; a weight is added to each where the rank asks for one
  const words = [...whole.map((word) => `'${word}':`), `'${last}':*`]
  const query = [...whole.map((word) => `'${word}'`), `'${last}':*`].join(' & ')
  return {
    name: `search=${[...whole, `${last}*`].join('+')}`,
    join: 'JOIN "product_search" search ON search."product_id" = p."id"',
    where: 'search."document" @@ q.query::tsquery',
    values: {
      query: { type: 'text', value: query },
      ...Object.fromEntries(words.map((word, i) => [`word${i}`, { type: 'text', value: word } as const])),
    },
  }
}
