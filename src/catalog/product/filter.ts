import type { ProductFilter, ProductStatus } from '../../generated/graphql.ts'
import { currencies } from '../../currencies.ts'
import { parseGlobalId } from '../global-id.ts'
import { isStorable } from '../storable.ts'
import { visibleStatus, type Viewer } from '../viewer.ts'
import { priceBound } from './price-bound.ts'

/** A category that a product has to lie in, alone or with its whole subtree. */
export interface CategoryCriterion {
  readonly id: number
  readonly deep: boolean
}

/** Variants at a price; minor units of the currency. */
export interface PriceCriterion {
  readonly currency: string
  readonly min: number | null
  readonly max: number | null
}

/** What a product has to meet, in canonical form: filters that mean the same are equal. */
export interface ProductCriteria {
  readonly categories: readonly CategoryCriterion[]
  /** Null: every status there is. */
  readonly status: ProductStatus | null
  readonly inStock: boolean | null
  readonly brand: string | null
  readonly price: PriceCriterion | null
}

/**
 * Reads a filter as a viewer may use it; null where no product can meet it.
 * @param field names the field in errors
 * @param currency the currency of prices where the filter names none
 * @throws BAD_USER_INPUT for an id that is no category's
 */
export function parseFilter(
  field: string,
  filter: ProductFilter | null | undefined,
  viewer: Viewer,
  currency: string,
): ProductCriteria | null {
  const status = visibleStatus(viewer, filter?.status === undefined ? 'ACTIVE' : filter.status)
  const category = parseCategory(field, filter)
  const brand = filter?.brand ?? null
  const price = parsePrice(filter, currency)
  if (status === 'NONE' || category === 'NONE' || (brand !== null && !isStorable(brand))) return null
  return {
    categories: category === null ? [] : [category],
    status: status === 'ANY' ? null : status,
    inStock: filter?.inStock ?? null,
    brand,
    price,
  }
}

function parseCategory(field: string, filter: ProductFilter | null | undefined): CategoryCriterion | 'NONE' | null {
  const given = filter?.category ?? null
  if (given === null) return null
  const { id } = parseGlobalId(given, `filter.category of ${field}`, ['Category'])
  return id === null ? 'NONE' : { id, deep: filter?.includeSubcategories ?? true }
}

function parsePrice(filter: ProductFilter | null | undefined, shopCurrency: string): PriceCriterion | null {
  const min = filter?.minPrice ?? null
  const max = filter?.maxPrice ?? null
  const given = filter?.currency ?? null
  if (min === null && max === null && given === null) return null
  const currency = given ?? shopCurrency
  const decimals = currencies.get(currency) ?? 2
  return {
    currency,
    min: min === null ? null : priceBound(min, decimals, 'min'),
    max: max === null ? null : priceBound(max, decimals, 'max'),
  }
}
