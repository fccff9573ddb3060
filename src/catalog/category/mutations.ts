import type { CategoryCreateInput, CategoryUpdateInput, MutationResolvers } from '../../generated/graphql.ts'
import type { Faults } from '../faults.ts'
import { parseGlobalId } from '../global-id.ts'
import { imageColumn } from '../image.ts'
import { readInput, type Read, type Whole } from '../input.ts'
import { change, changed, expectVersion, notFound, remove, type Work } from '../mutation.ts'
import { checkSlug, freeSlug } from '../slugs.ts'
import type { Transaction } from '../write.ts'
import { categoryCreateRules, categoryUpdateRules } from './input.ts'
import { checkPlace } from './place.ts'

export const categoryMutations: Pick<MutationResolvers, 'categoryCreate' | 'categoryUpdate' | 'categoryDelete'> = {
  categoryCreate: (_root, { input }, context) => change(context, createCategory(input)),
  categoryUpdate: (_root, { id, input, expectedVersion }, context) =>
    change(context, updateCategory(id, input, expectedVersion)),
  categoryDelete: (_root, { id }, context) => remove(context, 'Category', id, deleteCategory),
}

export const categoryPayload = { category: changed((context, id) => context.reader.read(context.kinds.category, id)) }

function createCategory(input: CategoryCreateInput): Work<number> {
  return async (tx, faults) => {
    const given = readInput(categoryCreateRules, input, faults)
    await checkSlug(tx.category, 'category', faults, given.slug)
    if (given.parent !== undefined) await checkPlace(tx, faults, given.parent)
    faults.refuse()
    const { name, ...columns } = given as Whole<typeof categoryCreateRules>
    const slug = columns.slug ?? (await freeSlug(tx.category, 'category', name))
    const { id } = await tx.category.create({ data: { ...columnsOf(columns), name, slug }, select: { id: true } })
    return id
  }
}

function updateCategory(id: string, input: CategoryUpdateInput, expectedVersion?: number | null): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['Category'])
  return async (tx, faults) => {
    const given = readInput(categoryUpdateRules, input, faults)
    if (given.parent !== undefined) await checkPlace(tx, faults, given.parent, number ?? undefined)
    const rows = await tx.$queryRaw<{ version: number }[]>`
      SELECT "version" FROM "category" WHERE "id" = ${number} FOR NO KEY UPDATE`
    if (rows[0] === undefined || number === null) return notFound(faults, ['id'], id)
    expectVersion(faults, expectedVersion, rows[0].version)
    await checkSlug(tx.category, 'category', faults, given.slug, number)
    faults.refuse()
    await tx.category.update({ where: { id: number }, data: columnsOf(given), select: { id: true } })
    return number
  }
}

/** The row is locked against new children and products before they are looked for. */
async function deleteCategory(tx: Transaction, faults: Faults, id: number): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT FROM "category" WHERE "id" = ${id} FOR UPDATE`
  if (rows.length === 0) return false
  const children = await tx.category.count({ where: { parentId: id } })
  const products = await tx.productCategory.count({ where: { categoryId: id } })
  if (children > 0 || products > 0) {
    const what = `${children} children and ${products} products`
    faults.fail('IN_USE', ['id'], `The category still has ${what}: move or delete them first`)
  }
  await tx.category.delete({ where: { id } })
  return true
}

function columnsOf({ description, image, parent, ...columns }: Read<typeof categoryUpdateRules>) {
  return {
    ...columns,
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(image === undefined ? {} : { image: imageColumn(image) }),
    ...(parent === undefined ? {} : { parentId: parent?.id ?? null }),
  }
}
