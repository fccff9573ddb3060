import { insertRow, updateRow } from '../../database/rows.ts'
import { sql } from '../../database/sql.ts'
import type { MutationResolvers, ProductStatus, ReviewCreateInput, ReviewUpdateInput } from '../../generated/graphql.ts'
import { parseGlobalId } from '../global-id.ts'
import { readInput } from '../input.ts'
import { change, changed, notFound, remove, type Work } from '../mutation.ts'
import { lockProduct } from '../product/lock.ts'
import { maySee, type Viewer } from '../viewer.ts'
import type { Transaction } from '../write.ts'
import { reviewCreateRules, reviewUpdateRules } from './input.ts'

export const reviewMutations: Pick<MutationResolvers, 'reviewCreate' | 'reviewUpdate' | 'reviewDelete'> = {
  reviewCreate: (_root, { product, input }, context) => change(context, createReview(context.viewer, product, input)),
  reviewUpdate: (_root, { id, input }, context) => change(context, updateReview(context.viewer, id, input)),
  reviewDelete: (_root, { id }, context) =>
    remove(context, 'Review', id, async (tx, _faults, number) => {
      if (!(await lockReview(tx, context.viewer, number))) return false
      const deleted = await tx.query(sql`DELETE FROM "review" WHERE "id" = ${number} RETURNING "id"`)
      return deleted.length > 0
    }),
}

export const reviewPayload = { review: changed((context, id) => context.reader.read(context.kinds.review, id)) }

function createReview(viewer: Viewer, product: string, input: ReviewCreateInput): Work<number> {
  const { id: productId } = parseGlobalId(product, 'product', ['Product'])
  return async (tx, faults) => {
    const given = readInput(reviewCreateRules, input, faults)
    const owner = productId === null ? null : await lockProduct(tx, productId)
    if (owner === null || !maySee(viewer, owner.status)) return notFound(faults, ['product'], product)
    faults.refuse()
    return insertRow(tx, 'review', { ...given, productId: owner.id })
  }
}

function updateReview(viewer: Viewer, id: string, input: ReviewUpdateInput): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['Review'])
  return async (tx, faults) => {
    const given = readInput(reviewUpdateRules, input, faults)
    if (number === null || !(await lockReview(tx, viewer, number))) return notFound(faults, ['id'], id)
    faults.refuse()
    return (await updateRow(tx, 'review', number, given)) ? number : notFound(faults, ['id'], id)
  }
}

/** Locks the product that a review is about. False where there is none, or none that the viewer may see. */
async function lockReview(tx: Transaction, viewer: Viewer, id: number): Promise<boolean> {
  const rows = await tx.query<{ status: ProductStatus }>(sql`
    SELECT p."status"::text AS "status" FROM "product" p JOIN "review" r ON r."product_id" = p."id"
    WHERE r."id" = ${id} FOR NO KEY UPDATE OF p`)
  return rows[0] !== undefined && maySee(viewer, rows[0].status)
}
