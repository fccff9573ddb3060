import { Connection } from '../connection/connection.ts'
import type { List, ListPage } from '../connection/list.ts'
import type { Order } from '../connection/order.ts'
import { parsePage, type PageArguments } from '../connection/page.ts'
import type { CatalogContext } from '../context.ts'
import type { Maybe } from '../maybe.ts'
import { childrenOf } from './groups.ts'
import type { CategoryConnection, CategoryRow } from './kinds.ts'

const byName: Order = {
  name: 'NAME',
  segments: [
    {
      columns: [
        { sql: 'c."name"', type: 'text', descending: false },
        { sql: 'c."id"', type: 'int4', descending: false },
      ],
    },
  ],
}

/** How many children a category can have: as many as one page of its own holds. */
export const mostChildren = 250

/**
 * The categories right below one, or the roots.
 * @param parent null for the roots; 'unknown' for an id that no category can have
 */
export function categoryConnection(
  context: CatalogContext,
  parent: number | null | 'unknown',
  given: PageArguments,
): CategoryConnection {
  const field = 'categories'
  const page = parsePage(field, byName, given)
  return parent === 'unknown'
    ? connection(context, field, null, null)
    : connection(context, field, parent, { list: childList(parent), order: byName, orderGroups: [], page })
}

/** All children of a category at once: there are never more than one page can hold. */
export function categoryChildren(context: CatalogContext, parent: number): Maybe<CategoryRow[]> {
  const page = { limit: mostChildren, backward: false, after: null, before: null }
  const request = { list: childList(parent), order: byName, orderGroups: [], page }
  return connection(context, 'children', parent, request).nodes()
}

function childList(parent: number | null): List {
  const where = parent === null ? 'c."parent_id" IS NULL' : 'c."parent_id" = q.parent'
  return {
    name: `parent=${parent ?? 'root'}`,
    groups: [childrenOf(parent)],
    selection: {
      from: '"category" c',
      where: [where],
      values: parent === null ? {} : { parent: { type: 'int4', value: parent } },
    },
  }
}

function connection(
  { reader, kinds }: CatalogContext,
  field: string,
  parent: number | null,
  page: ListPage | null,
): CategoryConnection {
  const source = {
    pages: kinds.categoryPages,
    counts: kinds.categoryCounts,
    rows: kinds.category,
    accepts: (row: CategoryRow) => row.parentId === parent,
  }
  return new Connection(reader, source, field, page)
}
