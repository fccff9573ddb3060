import type { NodeResolvers, QueryResolvers } from '../../generated/graphql.ts'
import type { CategoryRow } from '../category/kinds.ts'
import type { CatalogContext } from '../context.ts'
import { badUserInput } from '../errors.ts'
import { parseGlobalId, type GlobalId } from '../global-id.ts'
import { whenRead, type Maybe } from '../maybe.ts'
import { findProduct } from '../product/find.ts'
import type { ProductRow } from '../product/kinds.ts'
import type { ReviewRow } from '../review/kinds.ts'
import type { VariantRow } from '../variant/kinds.ts'

type AnyRow = ProductRow | VariantRow | CategoryRow | ReviewRow

const mostNodes = 100

export const nodeQueries: Pick<QueryResolvers, 'node' | 'nodes'> = {
  node: (_root, { id }, context) => findNode(context, parseGlobalId(id, 'id of node')),
  nodes(_root, { ids }, context) {
    if (ids.length > mostNodes)
      throw badUserInput(`ids of nodes takes up to ${mostNodes} ids, but received ${ids.length}`)
    const parsed = ids.map((id) => parseGlobalId(id, 'ids of nodes'))
    // each settles on its own; the generated type does not know a promise of null, which GraphQL takes as null
    return parsed.map((id) => findNode(context, id) as Maybe<AnyRow>)
  },
}

export const nodeResolvers: NodeResolvers = {
  // each noun's row has a column that no other has
  __resolveType(row: AnyRow) {
    if ('sku' in row) return 'ProductVariant'
    if ('rating' in row) return 'Review'
    return 'title' in row ? 'Product' : 'Category'
  },
}

function findNode(context: CatalogContext, { type, id }: GlobalId): Maybe<AnyRow | null> {
  if (id === null) return null
  switch (type) {
    case 'Product':
      return findProduct(context, id)
    case 'Category':
      return context.reader.read(context.kinds.category, id)
    case 'ProductVariant':
      return whenRead(context.reader.read(context.kinds.variant, id), (row) => ofVisibleProduct(context, row))
    case 'Review':
      return whenRead(context.reader.read(context.kinds.review, id), (row) => ofVisibleProduct(context, row))
  }
}

/** What belongs to a product that the viewer may not see does not exist for them either. */
function ofVisibleProduct<Row extends { readonly productId: number }>(
  context: CatalogContext,
  row: Row | null,
): Maybe<Row | null> {
  return row === null ? null : whenRead(findProduct(context, row.productId), (product) => product && row)
}
