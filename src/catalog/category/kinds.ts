import { int, list, nullable, object, shape, text, type KindDefinition, type ValueOf } from '../../cache/index.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import type { Connection } from '../connection/connection.ts'
import { image, imageOf } from '../image.ts'
import { inOrder } from '../in-order.ts'
import { tree } from './groups.ts'

const categoryShape = shape(
  1,
  object({
    id: int,
    slug: text,
    name: text,
    description: text,
    image: nullable(image),
    parentId: nullable(int),
    version: int,
  }),
)
export type CategoryRow = ValueOf<typeof categoryShape>
export type CategoryConnection = Connection<CategoryRow>

/** Categories by id. */
export function categoryKind(prisma: PrismaClient): KindDefinition<number, CategoryRow> {
  return {
    name: 'category',
    shape: categoryShape,
    key: (id) => [String(id)],
    belongs: (id, row) => row.id === id,
    async load(ids) {
      const rows = await prisma.category.findMany({
        where: { id: { in: [...ids] } },
        omit: { createdAt: true, updatedAt: true },
      })
      return inOrder(ids, rows, rowId, (row) => ({ ...row, image: imageOf(row.image) }))
    },
  }
}

/** The ids of categories by slug. */
export function categoryBySlugKind(prisma: PrismaClient): KindDefinition<string, number> {
  return {
    name: 'category-by-slug',
    shape: shape(1, int),
    key: (slug) => [slug],
    async load(slugs) {
      const rows = await prisma.category.findMany({
        where: { slug: { in: [...slugs] } },
        select: { id: true, slug: true },
      })
      return inOrder(slugs, rows, (row) => row.slug, rowId)
    },
  }
}

/** The ids of a category's ancestors, root first. They belong to the tree: any move evicts them. */
export function categoryAncestorsKind(prisma: PrismaClient): KindDefinition<number, readonly number[]> {
  return {
    name: 'category-ancestors',
    shape: shape(1, list(int)),
    key: (id) => [String(id)],
    groups: () => [tree],
    async load(ids) {
      const rows = await prisma.$queryRaw<{ id: number; ancestors: number[] }[]>`
        WITH RECURSIVE up AS (
          SELECT "id" AS start, "parent_id", 0 AS level FROM "category" WHERE "id" = ANY (${[...ids]}::int4[])
          UNION ALL
          SELECT up.start, c."parent_id", up.level + 1 FROM up JOIN "category" c ON c."id" = up."parent_id"
        )
        SELECT start AS id, array_agg("parent_id" ORDER BY level DESC) FILTER (WHERE "parent_id" IS NOT NULL) AS ancestors
        FROM up GROUP BY start`
      return inOrder(ids, rows, rowId, (row) => row.ancestors ?? [])
    },
  }
}

function rowId(row: { readonly id: number }): number {
  return row.id
}
