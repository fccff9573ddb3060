import type { MutationResolvers, VariantCreateInput, VariantUpdateInput } from '../../generated/graphql.ts'
import { updateRow } from '../../database/rows.ts'
import { sql } from '../../database/sql.ts'
import type { Faults } from '../faults.ts'
import { parseGlobalId } from '../global-id.ts'
import { readInput, type Whole } from '../input.ts'
import { change, changed, expectVersion, notFound, remove, type Work } from '../mutation.ts'
import { lockProduct } from '../product/lock.ts'
import { largestInt } from '../storable.ts'
import type { Transaction } from '../write.ts'
import { oneCurrency, variantCreateRules, variantUpdateRules } from './input.ts'
import { checkSkus, createVariants } from './rows.ts'

export const variantMutations: Pick<
  MutationResolvers,
  'variantCreate' | 'variantUpdate' | 'variantDelete' | 'inventoryAdjust'
> = {
  variantCreate: (_root, { product, input }, context) => change(context, createVariant(product, input)),
  variantUpdate: (_root, { id, input, expectedVersion }, context) =>
    change(context, updateVariant(id, input, expectedVersion)),
  variantDelete: (_root, { id }, context) =>
    remove(context, 'ProductVariant', id, async (tx, _faults, number) => {
      if ((await lockVariant(tx, number)) === null) return false
      await tx.query(sql`DELETE FROM "product_variant" WHERE "id" = ${number}`)
      return true
    }),
  inventoryAdjust: (_root, { variant, delta }, context) => change(context, adjustInventory(variant, delta)),
}

export const variantPayload = { variant: changed((context, id) => context.reader.read(context.kinds.variant, id)) }

function createVariant(product: string, input: VariantCreateInput): Work<number> {
  const { id: productId } = parseGlobalId(product, 'product', ['Product'])
  return async (tx, faults) => {
    const given = readInput(variantCreateRules, input, faults)
    const owner = productId === null ? null : await lockProduct(tx, productId)
    if (owner === null) return notFound(faults, ['product'], product)
    if (given.sku !== undefined) await checkSkus(tx, faults, [{ sku: given.sku, field: ['input', 'sku'] }])
    if (given.price !== undefined) await checkCurrency(tx, faults, given.price.currency, { productId: owner.id })
    faults.refuse()
    const [id] = await createVariants(tx, owner.id, [given as Whole<typeof variantCreateRules>])
    return id as number
  }
}

function updateVariant(id: string, input: VariantUpdateInput, expectedVersion?: number | null): Work<number> {
  const { id: number } = parseGlobalId(id, 'id', ['ProductVariant'])
  return async (tx, faults) => {
    const given = readInput(variantUpdateRules, input, faults)
    const variant = number === null ? null : await lockVariant(tx, number)
    if (variant === null) return notFound(faults, ['id'], id)
    expectVersion(faults, expectedVersion, variant.version)
    if (given.sku !== undefined) await checkSkus(tx, faults, [{ sku: given.sku, field: ['input', 'sku'] }], variant.id)
    if (given.price !== undefined) await checkCurrency(tx, faults, given.price.currency, variant)
    faults.refuse()
    const { price, ...columns } = given
    await updateRow(tx, 'product_variant', variant.id, {
      ...columns,
      priceMinor: price?.minor,
      currency: price?.currency,
    })
    return variant.id
  }
}

function adjustInventory(id: string, delta: number): Work<number> {
  const { id: number } = parseGlobalId(id, 'variant', ['ProductVariant'])
  return async (tx, faults) => {
    const variant = number === null ? null : await lockVariant(tx, number)
    if (variant === null) return notFound(faults, ['variant'], id)
    const quantity = variant.quantity + delta
    if (quantity < 0) {
      const message = `${variant.quantity} in stock, but ${-delta} were to be taken`
      faults.fail('OUT_OF_STOCK', ['delta'], message)
    }
    if (quantity > largestInt) {
      faults.fail('INVALID', ['delta'], `expected at most ${largestInt} in stock, but there would be ${quantity}`)
    }
    await updateRow(tx, 'product_variant', variant.id, { quantity })
    return variant.id
  }
}

/** Locks a variant, and before it its product: PostgreSQL locks in the order of the tables named. */
async function lockVariant(
  tx: Transaction,
  id: number,
): Promise<{ id: number; productId: number; version: number; quantity: number } | null> {
  const rows = await tx.query<{ id: number; productId: number; version: number; quantity: number }>(sql`
    SELECT v."id", v."product_id" AS "productId", v."version", v."quantity"
    FROM "product" p JOIN "product_variant" v ON v."product_id" = p."id"
    WHERE v."id" = ${id} FOR NO KEY UPDATE OF p, v`)
  return rows[0] ?? null
}

/** Adds INVALID where the product's other variants have prices in another currency. */
async function checkCurrency(
  tx: Transaction,
  faults: Faults,
  currency: string,
  { productId, id }: { productId: number; id?: number },
): Promise<void> {
  const [sibling] = await tx.query<{ currency: string }>(sql`
    SELECT "currency" FROM "product_variant"
    WHERE "product_id" = ${productId} AND "currency" <> ${currency} AND "id" IS DISTINCT FROM ${id ?? null}::int4 LIMIT 1`)
  if (sibling === undefined) return
  faults.add('INVALID', ['input', 'price', 'currencyCode'], oneCurrency(sibling.currency, currency))
}
