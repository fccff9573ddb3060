import type { Moment } from './changes.ts'
import type { Dependencies, Needs } from './dependencies.ts'
import type { Listener } from './events.ts'
import type { Near } from './store.ts'

/** To look at more is not much cheaper than to build it anew. */
const mostDependencies = 1000

/** Says of one kind of what is built from entries, and kept elsewhere, how long it stays fresh. */
export interface Keeper {
  /** Null where it is not known what it was built from, or that is too much. */
  keep(dependencies: Dependencies): Freshness | null
  /** So many were kept, or were found and were fresh, or were not: an event under the keeper's name. */
  tell(type: 'fill' | 'hit' | 'outdated', count: number): void
}

export interface KeeperOptions {
  readonly near: Near
  readonly listener: Listener
  readonly trusted: () => boolean
}

export function createKeeper(kind: string, options: KeeperOptions): Keeper {
  return {
    keep({ needs }) {
      return needs === null || needs.keys.size > mostDependencies ? null : new Freshness(options, needs)
    },
    tell(type, count) {
      options.listener({ type, kind, count })
    },
  }
}

/**
 * # Why what is kept is as fresh as the entries it was built from
 *
 * It comes with the keys of every entry and generation that was read for it, and the moment when the first of them was. Each
 * was read at that moment or later, and stood then. If none of them has been held or evicted since, up to a moment after a
 * request began, then reading all of them now would find what it was built from: a value is replaced only by way of a hold
 * or an eviction. A load that was under way when a write began lost its lease to that write's hold, which counts as a change
 * of its key. It expires when the first of its entries does.
 */
export class Freshness {
  readonly #options: KeeperOptions
  readonly #keys: readonly string[]
  readonly #expiresAt: number
  /** The last moment when it was known to be fresh. */
  #freshAt: Moment

  constructor(options: KeeperOptions, { keys, expiresAt, since }: Needs) {
    this.#options = options
    this.#keys = [...keys]
    this.#expiresAt = expiresAt
    this.#freshAt = since
  }

  /** About how much memory it takes, in bytes. */
  get size(): number {
    return 64 * this.#keys.length
  }

  /** Whether it is good for a request that began at this moment, on the clock of performance.now(). */
  isFresh(begunAt: number): boolean {
    const { near, trusted } = this.#options
    const isKnown = trusted() && near.knownUntil >= begunAt
    const isFresh = isKnown && this.#expiresAt > performance.now() && near.changes.noneSince(this.#freshAt, this.#keys)
    if (isFresh) this.#freshAt = near.changes.now ?? this.#freshAt
    return isFresh
  }

  /** Something larger is built from it, once it was found to be fresh: all that it needs, that needs too. */
  addTo(dependencies: Dependencies): void {
    dependencies.readAt(this.#freshAt)
    for (const key of this.#keys) dependencies.add(key, this.#expiresAt)
  }
}
