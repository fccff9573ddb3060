import type { NodeResolvers, QueryResolvers } from '../../generated/graphql.ts'
import type { CategoryRow } from '../category/kinds.ts'
import type { CatalogContext } from '../context.ts'
import { badUserInput } from '../errors.ts'
import { parseGlobalId, type GlobalId } from '../global-id.ts'
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
    return parsed.map((id) => findNode(context, id) as Promise<AnyRow>)
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

function findNode(context: CatalogContext, { type, id }: GlobalId): Promise<AnyRow | null> {
  if (id === null) return Promise.resolve(null)
  switch (type) {
    case 'Product':
      return findProduct(context, id)
    case 'Category':
      return context.reader.read(context.kinds.category, id)
    case 'ProductVariant':
      return context.reader.read(context.kinds.variant, id).then((row) => ofVisibleProduct(context, row))
    case 'Review':
      return context.reader.read(context.kinds.review, id).then((row) => ofVisibleProduct(context, row))
  }
}

/** What belongs to a product that the viewer may not see does not exist for them either. */
async function ofVisibleProduct<Row extends { readonly productId: number }>(
  context: CatalogContext,
  row: Row | null,
): Promise<Row | null> {
  return row !== null && (await findProduct(context, row.productId)) !== null ? row : null
}
