import { sql } from '../../database/sql.ts'
import { mostChildren } from './connection.ts'
import type { Faults } from '../faults.ts'
import type { Transaction } from '../write.ts'

const mostLevels = 20
const field = ['input', 'parent']

/**
 * Adds what keeps a category from lying below this parent: it does not exist, it lies below the category itself, the tree
 * would become too deep, or the parent too wide. Moves in the tree wait for each other from here on, so that what was
 * found stays true.
 * @param moved the category that is moved there with all below it; none for one that is only being created
 */
export async function checkPlace(
  tx: Transaction,
  faults: Faults,
  parent: { readonly text: string; readonly id: number | null } | null,
  moved?: number,
): Promise<void> {
  await tx.query(sql`SELECT FROM "category_tree" FOR UPDATE`)
  if (parent === null) return
  const [place] = await tx.query<{ path: number[] | null; height: number | null; siblings: number }>(sql`
    WITH RECURSIVE up AS (
      SELECT "id", "parent_id" FROM "category" WHERE "id" = ${parent.id}
      UNION ALL SELECT c."id", c."parent_id" FROM "category" c JOIN up ON c."id" = up."parent_id"
    ), down AS (
      SELECT "id", 1 AS level FROM "category" WHERE "id" = ${moved ?? null}
      UNION ALL SELECT c."id", down.level + 1 FROM "category" c JOIN down ON c."parent_id" = down."id"
    )
    SELECT (SELECT array_agg("id") FROM up) AS path, (SELECT max(level) FROM down) AS height,
      (SELECT count(*)::int FROM "category" WHERE "parent_id" = ${parent.id} AND "id" IS DISTINCT FROM ${moved ?? null}) AS siblings`)
  const { path, height, siblings } = place ?? { path: null, height: null, siblings: 0 }
  if (path === null) {
    faults.add('NOT_FOUND', field, `There is no category with the id ${parent.text}`)
  } else if (moved !== undefined && path.includes(moved)) {
    faults.add('INVALID', field, `${parent.text} is the category itself, or lies below it: that would be a cycle`)
  } else if (path.length + (height ?? 1) > mostLevels) {
    faults.add('INVALID', field, `a tree has ${mostLevels} levels at most, but here it would have more`)
  } else if (siblings >= mostChildren) {
    faults.add('INVALID', field, `a category has ${mostChildren} children at most, and ${parent.text} has as many`)
  }
}
