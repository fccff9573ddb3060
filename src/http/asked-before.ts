/** A power of two: how many requests are remembered, at four bytes each. */
const slots = 2 ** 17

/**
 * Which requests were met before, by their digests alone: texts would fill the memory, and what is asked once would cost
 * as much to forget as to keep. Roughly the last hundred thousand are remembered. One in as many is taken for met before
 * that was not, and is kept a request too early.
 */
export class AskedBefore {
  readonly #digests = new Uint32Array(slots)

  /** Whether this was met before; from now on it was. */
  met(text: string): boolean {
    const digest = fnv1a(text)
    const slot = digest % slots
    const found = this.#digests[slot] === digest
    this.#digests[slot] = digest
    return found
  }
}

/** The hash of Fowler, Noll and Vo in 32 bits, over UTF-16 code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
