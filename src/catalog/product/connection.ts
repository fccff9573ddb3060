import type { ProductFilter, ProductSortKey, QuerySearchProductsArgs } from '../../generated/graphql.ts'
import { Connection, type ConnectionSource } from '../connection/connection.ts'
import type { ListPage } from '../connection/list.ts'
import { parsePage, type PageArguments } from '../connection/page.ts'
import type { CatalogContext } from '../context.ts'
import { maySee } from '../viewer.ts'
import { parseFilter, type CategoryCriterion, type ProductCriteria } from './filter.ts'
import { facetOf } from './groups.ts'
import type { ProductConnection, ProductRow } from './kinds.ts'
import { basesOf, productList } from './lists.ts'
import { productOrder, rankOrder, sortFacet } from './orders.ts'
import { parseSearch } from './search-words.ts'

interface ProductListArguments extends PageArguments {
  readonly filter?: ProductFilter | null
  readonly sortKey?: ProductSortKey | null
  readonly reverse?: boolean | null
}

/**
 * A list of products as a field's arguments ask for it.
 * @param category the category whose own field it is; a product has to lie in the filter's category too
 * @throws BAD_USER_INPUT for arguments that cannot be used
 */
export function productConnection(
  context: CatalogContext,
  field: string,
  given: ProductListArguments,
  category?: number,
): ProductConnection {
  const sortKey = given.sortKey ?? 'NEWEST'
  const order = productOrder(sortKey, given.reverse ?? false)
  const page = parsePage(field, order, given)
  const criteria = parseFilter(field, given.filter, context.viewer, context.currency)
  if (criteria === null) return connection(context, field, null, null)
  const deep = given.filter?.includeSubcategories ?? true
  const within = category === undefined ? criteria : narrowed(criteria, { id: category, deep })
  const facet = sortFacet[sortKey]
  const orderGroups = facet === null ? [] : basesOf(within).map((base) => facetOf(base, facet))
  return connection(context, field, within, { list: productList(within), order, orderGroups, page })
}

/** What a search finds, best matches first. */
export function searchConnection(context: CatalogContext, given: QuerySearchProductsArgs): ProductConnection {
  const field = 'searchProducts'
  const words = parseSearch(given.query)
  const order = rankOrder(words === null ? 1 : words.whole.length + 1)
  const page = parsePage(field, order, given)
  const criteria = parseFilter(field, given.filter, context.viewer, context.currency)
  if (criteria === null || words === null) return connection(context, field, null, null)
  return connection(context, field, criteria, { list: productList(criteria, words), order, orderGroups: [], page })
}

function connection(
  { reader, kinds, viewer }: CatalogContext,
  field: string,
  criteria: ProductCriteria | null,
  page: ListPage | null,
): ProductConnection {
  const source: ConnectionSource<ProductRow> = {
    pages: kinds.productPages,
    counts: kinds.productCounts,
    rows: kinds.product,
    accepts: (row) =>
      maySee(viewer, row.status) &&
      (criteria?.status === null || row.status === criteria?.status) &&
      (criteria?.brand === null || row.brand === criteria?.brand),
  }
  return new Connection(reader, source, field, page)
}

/** The same category twice is one criterion, so that both ways to say it share their entries. */
function narrowed(criteria: ProductCriteria, category: CategoryCriterion): ProductCriteria {
  const others = criteria.categories.filter(({ id, deep }) => id !== category.id || deep !== category.deep)
  return { ...criteria, categories: [category, ...others] }
}
