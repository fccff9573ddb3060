import { isDeepStrictEqual } from 'node:util'
import type { Finding } from './finding.ts'
import type { Candidate, CategoryLine, Content, ProductLine, ReviewLine } from './line.ts'
import type { State, StoredCategory, StoredProduct, StoredVariant } from './state.ts'

export interface Outcome {
  readonly place: string
  readonly result: 'created' | 'updated' | 'unchanged' | 'rejected'
  readonly faults: readonly Finding[]
  readonly notes: readonly Finding[]
}

type Category = Omit<StoredCategory, 'id'> & { readonly slug: string }
type Product = Omit<StoredProduct, 'id' | 'categories'> & { readonly slug: string }
type Variant = Omit<StoredVariant, 'id'> & { readonly sku: string }

/** The rows that a batch changes. */
export interface Writes {
  readonly newCategories: Category[]
  readonly changedCategories: Category[]
  readonly newProducts: Product[]
  readonly changedProducts: Product[]
  /** Products whose categories are others now, or in another order. */
  readonly memberships: { readonly product: string; readonly categories: readonly string[] }[]
  readonly newVariants: Variant[]
  readonly changedVariants: Variant[]
  readonly newReviews: ReviewLine[]
  readonly seen: { readonly key: string; readonly place: string; readonly digest: string }[]
}

export interface Plan {
  readonly outcomes: readonly Outcome[]
  readonly writes: Writes
}

/**
 * Decides what each line of a batch does to the catalog, in the order of the lines: a line sees what stands in the catalog
 * and what lines before it have put there. A line with a fault does nothing at all.
 */
export function plan(lines: readonly Candidate[], state: State): Plan {
  const planning = new Planning(state)
  return { outcomes: lines.map((line) => planning.decide(line)), writes: planning.writes }
}

class Planning {
  readonly writes: Writes = {
    newCategories: [],
    changedCategories: [],
    newProducts: [],
    changedProducts: [],
    memberships: [],
    newVariants: [],
    changedVariants: [],
    newReviews: [],
    seen: [],
  }
  private readonly state: State
  private readonly categories: Set<string>
  private readonly products: Set<string>
  /** Sku to the slug of its product. */
  private readonly skus: Map<string, string>
  private readonly seen: Map<string, { readonly place: string; readonly digest: string }>

  constructor(state: State) {
    this.state = state
    this.categories = new Set(state.categories.keys())
    this.products = new Set(state.products.keys())
    this.skus = new Map([...state.variants].map(([sku, { product }]) => [sku, product]))
    this.seen = new Map(state.seen)
  }

  decide(line: Candidate): Outcome {
    const { place, key, digest, content } = line
    const outcome = (result: Outcome['result'], more: Partial<Outcome> = {}): Outcome => ({
      place,
      result,
      faults: [],
      notes: line.notes,
      ...more,
    })
    const earlier = this.seen.get(key)
    if (earlier?.digest === digest) {
      return outcome('unchanged', { notes: [{ field: content.kind, reason: `says the same as ${earlier.place}` }] })
    }
    if (earlier !== undefined) {
      const reason = `the slug is used by another ${content.kind} already, on ${earlier.place}`
      return outcome('rejected', { faults: [{ field: `${content.kind}.slug`, reason }] })
    }
    const faults = this.faultsOf(content)
    if (faults.length > 0) return outcome('rejected', { faults })
    this.seen.set(key, { place, digest })
    this.writes.seen.push({ key, place, digest })
    return outcome(this.store(line))
  }

  private faultsOf(content: Content): Finding[] {
    switch (content.kind) {
      case 'category': {
        const { slug, parent } = content.value
        if (parent === slug) return [{ field: 'category.parent', reason: 'is the category itself' }]
        return parent && !this.categories.has(parent) ? [unknown('category.parent', 'category', parent)] : []
      }
      case 'product':
        return this.productFaults(content.value)
      case 'review':
        return this.products.has(content.value.product)
          ? []
          : [unknown('review.product', 'product', content.value.product)]
    }
  }

  private productFaults({ slug, categories = [], variants = [] }: ProductLine): Finding[] {
    const named = new Map(variants.map(({ sku, currency }) => [sku, currency]))
    const kept = [...this.state.variants].find(([sku, variant]) => variant.product === slug && !named.has(sku))
    return [
      ...categories.flatMap((each, i) =>
        this.categories.has(each) ? [] : [unknown(`product.categories[${i}]`, 'category', each)],
      ),
      ...variants.flatMap(({ sku, currency }, i) => {
        const field = `product.variants[${i}]`
        const owner = this.skus.get(sku) ?? slug
        if (owner !== slug)
          return [{ field: `${field}.sku`, reason: `"${sku}" belongs to the product "${owner}" already` }]
        if (kept === undefined || kept[1].currency === currency) return []
        const reason = `is ${currency}, but the variant "${kept[0]}" of this product has prices in ${kept[1].currency}`
        return [{ field: `${field}.currency`, reason }]
      }),
    ]
  }

  private store({ content, digest }: Candidate): Outcome['result'] {
    switch (content.kind) {
      case 'category':
        return this.storeCategory(content.value)
      case 'product':
        return this.storeProduct(content.value)
      case 'review':
        if (this.state.reviews.has(digest)) return 'unchanged'
        this.writes.newReviews.push(content.value)
        return 'created'
    }
  }

  private storeCategory(line: CategoryLine): Outcome['result'] {
    const stored = this.state.categories.get(line.slug)
    this.categories.add(line.slug)
    if (stored === undefined) {
      this.writes.newCategories.push({ parent: null, description: '', image: null, ...given(line) })
      return 'created'
    }
    const { id: _, ...before } = stored
    return changed({ ...before, slug: line.slug }, line, this.writes.changedCategories) ? 'updated' : 'unchanged'
  }

  private storeProduct({ categories, variants = [], ...line }: ProductLine): Outcome['result'] {
    const stored = this.state.products.get(line.slug)
    this.products.add(line.slug)
    let touched = false
    if (stored === undefined) {
      const empty = { descriptionHtml: '', description: '', brand: null, images: [], status: 'ACTIVE' as const }
      this.writes.newProducts.push({ ...empty, ...given(line) })
    } else {
      const { id: _id, categories: _categories, ...before } = stored
      touched = changed({ ...before, slug: line.slug }, line, this.writes.changedProducts)
    }
    if (categories !== undefined && !isDeepStrictEqual(categories, stored?.categories ?? [])) {
      this.writes.memberships.push({ product: line.slug, categories })
      touched = true
    }
    for (const variant of variants) {
      const before = this.state.variants.get(variant.sku)
      this.skus.set(variant.sku, line.slug)
      const whole = { ...variant, product: line.slug }
      if (before === undefined) {
        this.writes.newVariants.push({ title: '', quantity: 0, options: [], image: null, ...given(whole) })
        touched = true
      } else {
        const { id: _, ...columns } = before
        touched = changed({ ...columns, sku: variant.sku }, whole, this.writes.changedVariants) || touched
      }
    }
    if (stored === undefined) return 'created'
    return touched ? 'updated' : 'unchanged'
  }
}

function unknown(field: string, kind: string, slug: string): Finding {
  return { field, reason: `no ${kind} "${slug}" exists, or stands on a line before this one` }
}

/** Adds a row to `writes` as it is after the line, where that differs from what it was. */
function changed<Row extends object>(before: Row, line: Partial<Row>, writes: Row[]): boolean {
  const after = { ...before, ...given(line) }
  if (isDeepStrictEqual(before, after)) return false
  writes.push(after)
  return true
}

/** A line without what it leaves open. */
function given<Line extends object>(line: Line): Line {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as Line
}
