import type { MutationResolvers, ProductStatus, ReviewCreateInput, ReviewUpdateInput } from '../../generated/graphql.ts'
import { parseGlobalId } from '../global-id.ts'
import { readInput, type Whole } from '../input.ts'
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
      const { count } = await tx.review.deleteMany({ where: { id: number } })
      return count > 0
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
    const data = { ...(given as Whole<typeof reviewCreateRules>), productId: owner.id }
    return (await tx.review.create({ data, select: { id: true } })).id
  }
}

function updateReview(viewer: Viewer, id: string, input: ReviewUpdateInput): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['Review'])
  return async (tx, faults) => {
    const data = readInput(reviewUpdateRules, input, faults)
    if (number === null || !(await lockReview(tx, viewer, number))) return notFound(faults, ['id'], id)
    faults.refuse()
    const { count } = await tx.review.updateMany({ where: { id: number }, data })
    return count === 0 ? notFound(faults, ['id'], id) : number
  }
}

/** Locks the product that a review is about. False where there is none, or none that the viewer may see. */
async function lockReview(tx: Transaction, viewer: Viewer, id: number): Promise<boolean> {
  const rows = await tx.$queryRaw<{ status: ProductStatus }[]>`
    SELECT p."status"::text AS "status" FROM "product" p JOIN "review" r ON r."product_id" = p."id"
    WHERE r."id" = ${id} FOR NO KEY UPDATE OF p`
  return rows[0] !== undefined && maySee(viewer, rows[0].status)
}
