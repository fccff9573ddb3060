import { insertRow, updateRow } from '../../database/rows.ts'
import { sql } from '../../database/sql.ts'
import type { CategoryCreateInput, CategoryUpdateInput, MutationResolvers } from '../../generated/graphql.ts'
import type { Faults } from '../faults.ts'
import { parseGlobalId } from '../global-id.ts'
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
    await checkSlug(tx, 'category', faults, given.slug)
    if (given.parent !== undefined) await checkPlace(tx, faults, given.parent)
    faults.refuse()
    const { name, ...columns } = given as Whole<typeof categoryCreateRules>
    const slug = columns.slug ?? (await freeSlug(tx, 'category', name))
    return insertRow(tx, 'category', { ...columnsOf(columns), name, slug })
  }
}

function updateCategory(id: string, input: CategoryUpdateInput, expectedVersion?: number | null): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['Category'])
  return async (tx, faults) => {
    const given = readInput(categoryUpdateRules, input, faults)
    if (given.parent !== undefined) await checkPlace(tx, faults, given.parent, number ?? undefined)
    const rows = await tx.query<{ version: number }>(sql`
      SELECT "version" FROM "category" WHERE "id" = ${number} FOR NO KEY UPDATE`)
    if (rows[0] === undefined || number === null) return notFound(faults, ['id'], id)
    expectVersion(faults, expectedVersion, rows[0].version)
    await checkSlug(tx, 'category', faults, given.slug, number)
    faults.refuse()
    await updateRow(tx, 'category', number, columnsOf(given))
    return number
  }
}

/** The row is locked against new children and products before they are looked for. */
async function deleteCategory(tx: Transaction, faults: Faults, id: number): Promise<boolean> {
  const rows = await tx.query(sql`SELECT FROM "category" WHERE "id" = ${id} FOR UPDATE`)
  if (rows.length === 0) return false
  const [held] = await tx.query<{ children: number; products: number }>(sql`
    SELECT (SELECT count(*) FROM "category" WHERE "parent_id" = ${id})::int4 AS children,
      (SELECT count(*) FROM "product_category" WHERE "category_id" = ${id})::int4 AS products`)
  const { children, products } = held ?? { children: 0, products: 0 }
  if (children > 0 || products > 0) {
    const what = `${counted(children, 'child', 'children')} and ${counted(products, 'product', 'products')}`
    faults.fail('IN_USE', ['id'], `The category still has ${what}: move or delete them first`)
  }
  await tx.query(sql`DELETE FROM "category" WHERE "id" = ${id}`)
  return true
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function columnsOf({ description, parent, ...columns }: Read<typeof categoryUpdateRules>) {
  return {
    ...columns,
    description: description === null ? '' : description,
    parentId: parent === undefined ? undefined : (parent?.id ?? null),
  }
}
