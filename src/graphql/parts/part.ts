import type { Standing } from '../../cache/index.ts'

/** A thing as it was read. What was read anew since is another object. */
export interface Thing {
  readonly id: number
}

/** What an answer says of one thing: its finished text. */
export class Part {
  readonly thing: Thing
  readonly json: string
  /** How long it stands, for the same thing; null where it needs nothing but that. */
  readonly standing: Standing | null

  constructor(thing: Thing, json: string, standing: Standing | null) {
    this.thing = thing
    this.json = json
    this.standing = standing
  }
}
