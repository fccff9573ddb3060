import type { Keeper } from '../../cache/index.ts'
import type { Part, Thing } from './part.ts'

/** Memory for parts, about: in bytes, for each of the two halves. */
const mostMemory = 32 * 1024 * 1024
/** What a part takes besides its text and its needs. */
const overhead = 200

/**
 * Parts that many answers have in common, for each selection by the ids of what they are of. Kept in two halves: what is
 * used moves to the young one, and once that is full the old one is dropped.
 */
export class KeptParts {
  readonly keeper: Keeper
  #young = new Map<string, Map<number, Part>>()
  #old = new Map<string, Map<number, Part>>()
  #memory = 0

  constructor(keeper: Keeper) {
    this.keeper = keeper
  }

  /** The part of this thing, which may not stand any more. */
  get(selection: string, thing: Thing): Part | undefined {
    let part = this.#young.get(selection)?.get(thing.id)
    if (part === undefined) {
      part = this.#old.get(selection)?.get(thing.id)
      if (part !== undefined) this.set(selection, part)
    }
    return part?.thing === thing ? part : undefined
  }

  set(selection: string, part: Part): void {
    this.#memory += part.json.length + (part.freshness?.size ?? 0) + overhead
    if (this.#memory > mostMemory) {
      this.#old = this.#young
      this.#young = new Map()
      this.#memory = 0
    }
    let ofSelection = this.#young.get(selection)
    if (ofSelection === undefined) {
      ofSelection = new Map()
      this.#young.set(selection, ofSelection)
      this.#memory += 2 * selection.length
    }
    ofSelection.set(part.thing.id, part)
  }
}
