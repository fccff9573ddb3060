import type { Freshness } from '../../cache/index.ts'
import type { Maybe } from '../../catalog/index.ts'

/** A thing as it was read. What was read anew since is another object. */
export interface Thing {
  readonly id: number
}

/** What an answer says of one thing: its finished text. */
export class Part {
  readonly thing: Thing
  readonly json: string
  /** How long it stands, for the same thing; null where it needs nothing but that. */
  readonly freshness: Freshness | null

  constructor(thing: Thing, json: string, freshness: Freshness | null) {
    this.thing = thing
    this.json = json
    this.freshness = freshness
  }
}

/** The parts of what one request reads. */
export interface Parts {
  /**
   * What is selected of a thing.
   * @param cutNumber which of the operation's selections
   * @throws where it cannot be executed by itself
   */
  part(cutNumber: number, typeName: string, thing: Thing): Maybe<Part>
}
