/** Characters of JSON that each of the two halves was parsed from. */
const mostCharacters = 16 * 1024 * 1024

/**
 * The values of fillings, parsed once. The store is asked for every entry every time; where it answers with a filling that
 * was read before, which its token tells, only the parsing is spared. Values are shared by all requests, and frozen, so
 * that none can change another's.
 *
 * They are kept in two halves: what is used moves to the young one, and once that is full the old one is dropped.
 */
export class ParsedValues {
  #young = new Map<string, unknown>()
  #old = new Map<string, unknown>()
  #characters = 0

  /** @throws SyntaxError where it is no JSON */
  parse(token: string, json: string): unknown {
    const young = this.#young.get(token)
    if (young !== undefined) return young
    const value = this.#old.get(token) ?? frozen(JSON.parse(json))
    this.#characters += json.length
    if (this.#characters > mostCharacters) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = json.length
    }
    this.#young.set(token, value)
    return value
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
