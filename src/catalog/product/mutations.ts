import { insertRow, updateRow } from '../../database/rows.ts'
import { sql } from '../../database/sql.ts'
import type { MutationResolvers, ProductCreateInput, ProductUpdateInput } from '../../generated/graphql.ts'
import { parseGlobalId } from '../global-id.ts'
import { readInput, type Read, type Whole } from '../input.ts'
import { change, changed, expectVersion, notFound, remove, type Work } from '../mutation.ts'
import { checkSlug, freeSlug } from '../slugs.ts'
import { checkSkus, createVariants } from '../variant/rows.ts'
import { findProduct } from './find.ts'
import { productCreateRules, productUpdateRules } from './input.ts'
import { lockProduct } from './lock.ts'
import { checkCategories, placeInCategories } from './memberships.ts'

export const productMutations: Pick<MutationResolvers, 'productCreate' | 'productUpdate' | 'productDelete'> = {
  productCreate: (_root, { input }, context) => change(context, createProduct(input)),
  productUpdate: (_root, { id, input, expectedVersion }, context) =>
    change(context, updateProduct(id, input, expectedVersion)),
  productDelete: (_root, { id }, context) =>
    remove(context, 'Product', id, async (tx, _faults, number) => {
      if ((await lockProduct(tx, number)) === null) return false
      await tx.query(sql`DELETE FROM "product" WHERE "id" = ${number}`)
      return true
    }),
}

export const productPayload = { product: changed(findProduct) }

function createProduct(input: ProductCreateInput): Work<number> {
  return async (tx, faults) => {
    const given = readInput(productCreateRules, input, faults)
    await checkSlug(tx, 'product', faults, given.slug)
    await checkCategories(tx, faults, given.categories)
    const skus = (given.variants ?? []).map(({ sku }, i) => ({ sku, field: ['input', 'variants', String(i), 'sku'] }))
    await checkSkus(tx, faults, skus)
    faults.refuse()
    const { categories = [], variants = [], ...columns } = given as Whole<typeof productCreateRules>
    const slug = columns.slug ?? (await freeSlug(tx, 'product', columns.title))
    const { title } = columns
    const id = await insertRow(tx, 'product', { ...columnsOf(columns), title, slug })
    await placeInCategories(tx, id, categories)
    if (variants.length > 0) await createVariants(tx, id, variants)
    return id
  }
}

function updateProduct(id: string, input: ProductUpdateInput, expectedVersion?: number | null): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['Product'])
  return async (tx, faults) => {
    const given = readInput(productUpdateRules, input, faults)
    const product = number === null ? null : await lockProduct(tx, number)
    if (product === null) return notFound(faults, ['id'], id)
    expectVersion(faults, expectedVersion, product.version)
    await checkSlug(tx, 'product', faults, given.slug, product.id)
    await checkCategories(tx, faults, given.categories)
    faults.refuse()
    const { categories, ...columns } = given
    await updateRow(tx, 'product', product.id, columnsOf(columns))
    if (categories !== undefined) await placeInCategories(tx, product.id, categories)
    return product.id
  }
}

/** The columns of what was given: a description is stored as HTML and as text. */
function columnsOf({ descriptionHtml: html, ...columns }: Omit<Read<typeof productUpdateRules>, 'categories'>) {
  return html === undefined ? columns : { ...columns, descriptionHtml: html?.html ?? '', description: html?.text ?? '' }
}
