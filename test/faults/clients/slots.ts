import { Slot } from '../judge/slot.ts'
import { firstShelf, reviewedProducts, shelves, type ReviewState, type ShelfProduct } from './catalog.ts'

/** The products on the shelves, by slug. Each has one variant. */
export class Shelf {
  readonly slots = new Map<string, Slot<ShelfProduct | null>>()
  readonly ids = new Map<string, { id: number; variant: number }>()
  /** Below which category the wandering one is. */
  readonly wandering: Slot<number>

  constructor(at: number) {
    this.wandering = new Slot<number>(shelves.top, at)
    for (const [slug, { id, variant, state }] of firstShelf()) {
      this.slots.set(slug, new Slot<ShelfProduct | null>(state, at))
      this.ids.set(slug, { id, variant })
    }
  }
}

/** The reviews of each reviewed product, by author; each author writes one. */
export type ReviewShelf = ReadonlyMap<number, Map<string, Slot<ReviewState | null>>>

export function emptyReviews(): ReviewShelf {
  return new Map(reviewedProducts.map((product) => [product, new Map<string, Slot<ReviewState | null>>()]))
}

const keptMs = 90_000

/** Forgets what has been gone for long: whoever lists it from then on shows something that cannot be. */
export function forgetGone<State>(slots: Map<string, Slot<State | null>>, goneSince: Map<string, number>, at: number): void {
  for (const [name, slot] of slots) {
    if (!slot.settled || slot.state !== null) continue
    const since = goneSince.get(name) ?? at
    goneSince.set(name, since)
    if (at - since < keptMs) continue
    slots.delete(name)
    goneSince.delete(name)
  }
}
