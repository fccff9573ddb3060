import type { Keeper, Standing } from '../../cache/index.ts'
import type { Part } from './json.ts'

/** A thing as its part was built from it. What was read anew since is another object. */
export interface Thing {
  readonly id: number
}

export interface KeptPart {
  readonly thing: Thing
  readonly part: Part
  /** Null where it needs nothing but the thing itself. */
  readonly standing: Standing | null
}

/** Memory for parts, about: in bytes, for each of the two halves. */
const mostMemory = 32 * 1024 * 1024
/** What a part takes besides its text. */
const overhead = 300

/**
 * Parts of answers that many answers have in common, for each selection by the ids of what they are of. Kept in two halves:
 * what is used moves to the young one, and once that is full the old one is dropped.
 */
export class KeptParts {
  readonly keeper: Keeper
  #young = new Map<string, Map<number, KeptPart>>()
  #old = new Map<string, Map<number, KeptPart>>()
  #memory = 0

  constructor(keeper: Keeper) {
    this.keeper = keeper
  }

  get(selection: string, { id }: Thing): KeptPart | undefined {
    const young = this.#young.get(selection)?.get(id)
    if (young !== undefined) return young
    const old = this.#old.get(selection)?.get(id)
    if (old !== undefined) this.set(selection, old)
    return old
  }

  set(selection: string, kept: KeptPart): void {
    this.#memory += kept.part.json.length + (kept.standing?.size ?? 0) + overhead
    if (this.#memory > mostMemory) {
      this.#old = this.#young
      this.#young = new Map()
      this.#memory = 0
    }
    let shelf = this.#young.get(selection)
    if (shelf === undefined) {
      shelf = new Map()
      this.#young.set(selection, shelf)
      this.#memory += selection.length
    }
    shelf.set(kept.thing.id, kept)
  }
}
