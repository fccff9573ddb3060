/** A moment in the life of a store's data: so many changes had been made. */
export interface Moment {
  readonly life: string
  readonly count: number
}

/** How many keys are remembered for when they were last changed. */
const mostKeys = 50_000

/** Which keys of a store were held or evicted, and when: all that is known up to some moment. */
export class Changes {
  #now: Moment | null = null
  /** The count from which on every change is known. */
  #floor = 0
  /** The count at or after the last change of each key, those of long ago first. */
  readonly #changed = new Map<string, number>()

  /** Up to which moment everything is known; null where nothing is. The same object while nothing changes. */
  get now(): Moment | null {
    return this.#now
  }

  /** Until this count just these keys have changed. */
  advance(count: number, keys: readonly string[]): void {
    if (this.#now === null || count === this.#now.count) return
    this.#now = { life: this.#now.life, count }
    for (const key of keys) {
      this.#changed.delete(key)
      this.#changed.set(key, count)
    }
    for (const [key, at] of this.#changed) {
      if (this.#changed.size <= mostKeys) break
      this.#changed.delete(key)
      this.#floor = at
    }
  }

  /** Nothing is known from before this moment. */
  restart(now: Moment | null): void {
    this.#now = now
    this.#floor = now?.count ?? 0
    this.#changed.clear()
  }

  /** Whether none of these keys has been held or evicted since a moment, as far as is known. */
  noneSince({ life, count }: Moment, keys: Iterable<string>): boolean {
    const now = this.#now
    if (now === null || life !== now.life || count < this.#floor || count > now.count) return false
    if (count === now.count) return true
    for (const key of keys) if ((this.#changed.get(key) ?? 0) > count) return false
    return true
  }
}
