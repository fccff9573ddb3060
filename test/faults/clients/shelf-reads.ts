import type { CollectionViolation } from '../judge/collection.ts'
import type { Slot } from '../judge/slot.ts'
import { shelves, type ShelfProduct } from './catalog.ts'
import { ask, pickProcess, type Answered, type Run } from './client.ts'

interface ListedProduct {
  readonly slug: string
  readonly title: string
  readonly inStock: boolean
  readonly priceRange: { readonly min: { readonly amount: string }; readonly max: { readonly amount: string } } | null
}

const listed = '{ totalCount nodes { slug title inStock priceRange { min { amount } max { amount } } } }'

/** One way to list a shelf: its arguments, and what they mean. */
interface Listing {
  readonly args: string
  readonly category: number
  readonly holds: (state: ShelfProduct) => boolean
  /** Whether what lies below the category counts. */
  readonly deep: boolean
  readonly orderBy: ((state: ShelfProduct) => string | number) | null
  readonly newestFirst: boolean
}

const everything = (): boolean => true
const inStock = (state: ShelfProduct): boolean => state.inStock
const byTitle = (state: ShelfProduct): string => state.title
const byPrice = (state: ShelfProduct): number => state.price

const own = 'includeSubcategories: false'
const ways: readonly Omit<Listing, 'category'>[] = [
  { args: 'sortKey: TITLE', holds: everything, deep: true, orderBy: byTitle, newestFirst: false },
  { args: 'sortKey: PRICE', holds: everything, deep: true, orderBy: byPrice, newestFirst: false },
  { args: 'sortKey: NEWEST', holds: everything, deep: true, orderBy: null, newestFirst: true },
  { args: 'filter: { inStock: true }', holds: inStock, deep: true, orderBy: null, newestFirst: true },
  {
    args: `sortKey: PRICE, filter: { inStock: true, ${own} }`,
    holds: inStock,
    deep: false,
    orderBy: byPrice,
    newestFirst: false,
  },
  { args: `sortKey: TITLE, filter: { ${own} }`, holds: everything, deep: false, orderBy: byTitle, newestFirst: false },
]
const listings: readonly Listing[] = Object.values(shelves).flatMap((category) =>
  ways.map((way) => ({ ...way, category })),
)
const perRequest = 4

/** Reads some lists of the shelves, with what their products show of themselves. */
export async function readLists(run: Run): Promise<void> {
  // few different requests, so that they come back
  const from = run.random.int(0, listings.length - 1)
  const chosen = [...listings, ...listings].slice(from, from + perRequest)
  const query = `{ ${chosen
    .map(
      ({ category, args }, i) =>
        `l${i}: category(by: { id: "Category:${category}" }) { products(first: 100, ${args}) ${listed} }`,
    )
    .join(' ')} }`
  const answer = await ask(run, pickProcess(run), query, {}, 'reader')
  if ('unsent' in answer) return
  const lists = answer.data as Record<string, { products: { totalCount: number; nodes: ListedProduct[] } }>
  chosen.forEach((listing, i) => {
    const list = lists[`l${i}`]?.products
    if (list !== undefined) judgeListing(run, listing, list, answer)
  })
}

function judgeListing(
  { judge, shelf }: Run,
  { args, category, holds, deep, orderBy, newestFirst }: Listing,
  { totalCount, nodes }: { totalCount: number; nodes: readonly ListedProduct[] },
  answer: Answered,
): void {
  const { interval } = answer
  const what = `products of category ${category}, ${args}`
  const slugs = nodes.map(({ slug }) => slug)
  judge.noted(what, `read ${totalCount}: ${slugs.join(' ')}`, answer)
  const list = {
    listed: slugs,
    totalCount,
    isMember: shelf.wandering.candidates(interval).map((parent) => (state: ShelfProduct | null) => {
      const holding = deep && parent === category ? [category, shelves.wandering] : [category]
      return state !== null && holds(state) && state.categories.some((each) => holding.includes(each))
    }),
    orderBy: orderBy === null ? null : (state: ShelfProduct | null) => (state === null ? '' : orderBy(state)),
  }
  judge.readList(what, shelf.slots, list, answer)
  if (newestFirst) judge.readCollection('order', what, notNewestFirst(shelf.slots, slugs), answer)
  for (const node of nodes) judgeMember(shelf.slots, node, { judge, answer })
}

/** What a listed product shows of itself comes from entries of its own. */
function judgeMember(
  slots: ReadonlyMap<string, Slot<ShelfProduct | null>>,
  { slug, title, inStock: stocked, priceRange }: ListedProduct,
  { judge, answer }: { judge: Run['judge']; answer: Answered },
): void {
  const slot = slots.get(slug)
  if (slot === undefined) return
  const { min, max } = priceRange ?? {}
  judge.noted(slug, `read "${title}" at ${min?.amount} to ${max?.amount}${stocked ? '' : ', out of stock'}`, answer)
  judge.readLookup(`title of ${slug}`, slug, slot, answer, (state) => state?.title === title)
  // a product that is deleted meanwhile may be there still, and have no prices any more
  const fits = (state: ShelfProduct | null): boolean =>
    state === null
      ? priceRange === null && !stocked
      : stocked === state.inStock && [min, max].every((each) => Number(each?.amount) === state.price)
  judge.readLookup(`prices and stock of ${slug}`, slug, slot, answer, fits)
}

/** Of two products the one that was answered before the other was asked for is the older one. */
function notNewestFirst(
  slots: ReadonlyMap<string, Slot<ShelfProduct | null>>,
  slugs: readonly string[],
): CollectionViolation[] {
  return slugs.slice(1).flatMap((slug, i) => {
    const before = slugs[i] ?? ''
    const [earlier, later] = [slots.get(before)?.created, slots.get(slug)?.created]
    if (earlier === undefined || later === undefined || earlier.ended >= later.begun) return []
    return [{ kind: 'WRONG ORDER', message: `${before} is listed before the newer ${slug}`, names: [before, slug] }]
  })
}

/** Looks shelf products up by their slugs and skus, those included that they no longer have, or do not have yet. */
export async function readLookups(run: Run): Promise<void> {
  const { judge, shelf, random } = run
  const slugs = random.some([...shelf.slots.keys()], 12)
  const skus = random.some([...shelf.skus.entries()], 12)
  const query = `{ ${slugs.map((slug, i) => `s${i}: product(by: { slug: "${slug}" }) { slug title }`).join(' ')}
    ${skus.map(([sku], i) => `k${i}: product(by: { sku: "${sku}" }) { slug }`).join(' ')} }`
  const answer = await ask(run, pickProcess(run), query, {}, 'reader')
  if ('unsent' in answer) return
  const found = answer.data as Record<string, { slug: string; title?: string } | null>
  slugs.forEach((slug, i) => {
    const slot = shelf.slots.get(slug)
    if (slot === undefined) return
    const title = found[`s${i}`]?.title ?? null
    judge.noted(slug, `looked up: ${title === null ? 'nothing' : `"${title}"`}`, answer)
    judge.readLookup(`product by slug ${slug}`, slug, slot, answer, (state) => (state?.title ?? null) === title)
  })
  skus.forEach(([sku, slug], i) => {
    const slot = shelf.slots.get(slug)
    if (slot === undefined) return
    const there = found[`k${i}`]?.slug ?? null
    judge.noted(slug, `looked up by sku ${sku}: ${there ?? 'nothing'}`, answer)
    judge.readLookup(`product by sku ${sku}`, slug, slot, answer, (state) =>
      there === null ? state?.sku !== sku : there === slug && state?.sku === sku,
    )
  })
}
