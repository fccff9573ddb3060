const failuresToOpen = 3
const openMs = 1000

/**
 * Keeps readers from paying the deadline of a store that does not answer: after a few failures in a row it opens, and
 * from then on lets one read a second through, as a probe, until one succeeds.
 */
export class Breaker {
  #failures = 0
  #nextProbe = 0
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get open(): boolean {
    return this.#failures >= failuresToOpen
  }

  /** Whether a read may be tried now. */
  allows(): boolean {
    if (!this.open) return true
    if (this.#now() < this.#nextProbe) return false
    this.#nextProbe = this.#now() + openMs
    return true
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures += 1
    if (this.open) this.#nextProbe = this.#now() + openMs
  }
}
