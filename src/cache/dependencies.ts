import type { Moment } from './changes.ts'

/** All that must stay as it is for what was built from it to stand. */
export interface Needs {
  /** When the first of it was read. */
  readonly since: Moment
  readonly keys: ReadonlySet<string>
  /** When the first of it expires, on the clock of performance.now(). */
  readonly expiresAt: number
}

/**
 * What something was built from, such as a response: every entry and generation that was read for it, and since when none
 * of them may have changed. Handed to reads, which record what they use.
 */
export class Dependencies {
  readonly #keys = new Set<string>()
  #since: Moment | null = null
  #expiresAt = Infinity
  #known = true

  /** Something is read at this moment; null where that is not known. Reads that run at the same time report in any order. */
  readAt(moment: Moment | null): void {
    this.#since ??= moment
    if (moment === null || moment.life !== this.#since?.life) this.#known = false
    else if (moment.count < this.#since.count) this.#since = moment
  }

  /** Something was read as it stands in the store. */
  add(key: string, expiresAt = Infinity): void {
    this.#keys.add(key)
    if (expiresAt < this.#expiresAt) this.#expiresAt = expiresAt
  }

  /** Something was read that no store vouches for: past it, or shared with a load of which nobody knows what it came to. */
  taint(): void {
    this.#known = false
  }

  /** What is built from this needs all of it as well. */
  addTo(larger: Dependencies): void {
    if (!this.#known) larger.taint()
    if (this.#since !== null) larger.readAt(this.#since)
    for (const key of this.#keys) larger.add(key, this.#expiresAt)
  }

  /** Whether nothing was read: what is built then changes only with what it is given. */
  get none(): boolean {
    return this.#known && this.#since === null
  }

  /** Null where that is not known, or nothing was read. */
  get needs(): Needs | null {
    if (!this.#known || this.#since === null) return null
    return { since: this.#since, keys: this.#keys, expiresAt: this.#expiresAt }
  }
}
