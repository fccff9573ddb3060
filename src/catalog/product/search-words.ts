import { badUserInput } from '../errors.ts'

const mostWords = 16
const mostCharacters = 256
const mostBytesOfWord = 2046

/** What a search looks for: whole words, sorted and each once, and the last word typed, which may be unfinished. */
export interface SearchWords {
  readonly whole: readonly string[]
  readonly last: string
}

/**
 * Words as the database's `larder_search_words` knows them: letters and digits, without case or accents. Queries that
 * find the same have the same words, whatever their spelling, and so share their cache entries.
 */
export function searchWords(text: string): string[] {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]+/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{Nd}]+/u)
    .filter((word) => word !== '')
}

/**
 * Reads a search query; null where it finds nothing whatever the catalog holds, as one without a word does.
 * @throws BAD_USER_INPUT where it is longer than a search may be.
 */
export function parseSearch(query: string): SearchWords | null {
  if (query.length > mostCharacters) {
    throw badUserInput(`query takes up to ${mostCharacters} characters, but received ${query.length}`)
  }
  const words = searchWords(query)
  if (words.length > mostWords) throw badUserInput(`query takes up to ${mostWords} words, but received ${words.length}`)
  // PostgreSQL leaves longer words out of what is searched, and refuses a search for them
  if (words.some((word) => Buffer.byteLength(word) > mostBytesOfWord)) return null
  const last = words.pop()
  return last === undefined ? null : { whole: [...new Set(words)].toSorted(), last }
}
