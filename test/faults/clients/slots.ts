import { Slot } from '../judge/slot.ts'
import { firstShelf, reviewedProducts, shelves, type ReviewState, type ShelfProduct } from './catalog.ts'

/** The products on the shelves, by slug. Each has one variant. */
export class Shelf {
  readonly slots = new Map<string, Slot<ShelfProduct | null>>()
  readonly ids = new Map<string, { id: number; variant: number }>()
  /** Every sku that a product has, had or is about to have, and the slug of that product. */
  readonly skus = new Map<string, string>()
  /** Below which category the wandering one is. */
  readonly wandering: Slot<number>

  constructor(at: number) {
    this.wandering = new Slot<number>(shelves.top, at)
    for (const [slug, { id, variant, state }] of firstShelf()) {
      this.slots.set(slug, new Slot<ShelfProduct | null>(state, at))
      this.ids.set(slug, { id, variant })
      this.skus.set(state.sku, slug)
    }
  }

  /** Products that nobody is changing at this moment, and of which it is known how they are. */
  get free(): string[] {
    return [...this.slots].filter(([, slot]) => slot.settled && slot.state !== null).map(([slug]) => slug)
  }
}

/** The reviews of each reviewed product, by author; each author writes one. */
export interface ReviewShelf {
  readonly slots: ReadonlyMap<number, Map<string, Slot<ReviewState | null>>>
  readonly ids: Map<string, string>
}

export function emptyReviews(): ReviewShelf {
  return { slots: new Map(reviewedProducts.map((product) => [product, new Map()])), ids: new Map() }
}

const keptMs = 60_000

/** Forgets what has been gone for long: whoever lists it from then on shows something that cannot be. */
export function forgetGone<State>(slots: Map<string, Slot<State | null>>, at: number): string[] {
  const gone = [...slots].filter(
    ([, slot]) => slot.settled && slot.state === null && (slot.certainSince ?? at) < at - keptMs,
  )
  for (const [name] of gone) slots.delete(name)
  return gone.map(([name]) => name)
}
