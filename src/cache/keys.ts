import { createHash } from 'node:crypto'

const longestPart = 120
const plain = /^[A-Za-z0-9_.,;=+@/|~$^*()<>!?'"{}[\]-]*$/

/** Names the keys of one cache: readable, stable, and never the same for two things. */
export class Keys {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  entry(kind: string, parts: readonly string[]): string {
    return `${this.#prefix}:${kind}:${parts.map(escaped).join(':')}`
  }

  group(name: string): string {
    return `${this.#prefix}:group:${escaped(name)}`
  }

  generation(kind: string): string {
    return `${this.#prefix}:generation:${kind}`
  }

  /** A key by its name without the prefix, as people know it: `product:42`. */
  named(name: string): string {
    return `${this.#prefix}:${name}`
  }

  /** The name of a key of this cache; null for any other key. */
  nameOf(key: string): string | null {
    return key.startsWith(`${this.#prefix}:`) ? key.slice(this.#prefix.length + 1) : null
  }

  get life(): string {
    return `${this.#prefix}:life`
  }

  get changeCount(): string {
    return `${this.#prefix}:change-count`
  }

  get changes(): string {
    return `${this.#prefix}:changes`
  }

  get trust(): string {
    return `${this.#prefix}:trust`
  }
}

/**
 * A part without colons, blanks and control characters. A long one, which nobody would read, becomes a digest behind a
 * mark that escaping never yields.
 */
function escaped(part: string): string {
  if (part.length <= longestPart && plain.test(part)) return part
  // half a surrogate pair has no UTF-8 form of its own: escaped by its code, it stays apart from every other
  const text = part.isWellFormed() ? encodeURIComponent(part) : Array.from(part, codeOf).join('')
  return text.length <= longestPart ? text : `%%${createHash('sha256').update(text).digest('base64url')}`
}

function codeOf(character: string): string {
  return character.isWellFormed() ? encodeURIComponent(character) : `%u${character.charCodeAt(0).toString(16)}`
}
