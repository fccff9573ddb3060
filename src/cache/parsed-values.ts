import { LRUCache } from 'lru-cache'

interface Parsed {
  readonly json: string
  readonly value: unknown
}

/** Characters of JSON whose values are kept, parsed as they are. */
const mostCharacters = 16 * 1024 * 1024

/**
 * The values of fillings, parsed once. The store is asked for every entry every time; where it answers with a filling that
 * was read before, which its token tells, only the parsing is spared. Values are shared by all requests, and frozen, so
 * that none can change another's.
 */
export class ParsedValues {
  readonly #known = new LRUCache<string, Parsed>({ maxSize: mostCharacters })

  /** @throws SyntaxError where it is no JSON */
  parse(token: string, json: string): unknown {
    const known = this.#known.get(token)
    // compared all the same, since anybody can write to Redis
    if (known?.json === json) return known.value
    const value = frozen(JSON.parse(json))
    this.#known.set(token, { json, value }, { size: token.length + json.length })
    return value
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
