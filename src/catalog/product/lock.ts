import { sql } from '../../database/sql.ts'
import type { ProductStatus } from '../../generated/graphql.ts'
import type { Transaction } from '../write.ts'

/**
 * Locks a product against other writers, until the transaction ends. Whatever changes a product or one of its parts takes
 * this lock first, before any other row: the triggers that add up prices and ratings need it in any case, and two
 * transactions that lock in the same order never wait for each other in a circle.
 */
export async function lockProduct(
  tx: Transaction,
  id: number,
): Promise<{ id: number; version: number; status: ProductStatus } | null> {
  const rows = await tx.query<{ id: number; version: number; status: ProductStatus }>(sql`
    SELECT "id", "version", "status"::text AS "status" FROM "product" WHERE "id" = ${id} FOR NO KEY UPDATE`)
  return rows[0] ?? null
}
