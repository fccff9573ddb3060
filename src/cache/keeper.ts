import type { Moment } from './changes.ts'
import type { Dependencies, Needs } from './dependencies.ts'
import type { Listener } from './events.ts'
import type { Near } from './store.ts'

/** What is built from entries and kept: whole responses, and those parts of them that many have in common. */
export const keptKinds = ['response', 'part'] as const
export type KeptKind = (typeof keptKinds)[number]

/** To look at more is not much cheaper than to execute the request. */
const mostDependencies = 1000

/** Says of what was built from entries, and is kept elsewhere, how long it stands. */
export interface Keeper {
  /** Null where it is not known what it was built from, or that is too much. */
  keep(dependencies: Dependencies): Standing | null
  /** So many were kept, or were found and stood, or did not. */
  tell(kind: KeptKind, type: 'fill' | 'hit' | 'outdated', count: number): void
}

export interface KeeperOptions {
  readonly near: Near
  readonly listener: Listener
  readonly trusted: () => boolean
}

export function createKeeper(options: KeeperOptions): Keeper {
  return {
    keep({ needs }) {
      return needs === null || needs.keys.size > mostDependencies ? null : new Standing(options, needs)
    },
    tell(kind, type, count) {
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
export class Standing {
  readonly #options: KeeperOptions
  readonly #keys: readonly string[]
  readonly #expiresAt: number
  /** The last moment when it was known to stand. */
  #stood: Moment

  constructor(options: KeeperOptions, { keys, expiresAt, since }: Needs) {
    this.#options = options
    this.#keys = [...keys]
    this.#expiresAt = expiresAt
    this.#stood = since
  }

  /** About how much memory it takes, in bytes. */
  get size(): number {
    return 64 * this.#keys.length
  }

  /** Whether it is good for a request that began at this moment, on the clock of performance.now(). */
  holds(begunAt: number): boolean {
    const { near, trusted } = this.#options
    const isKnown = trusted() && near.knownUntil >= begunAt
    const holds = isKnown && this.#expiresAt > performance.now() && near.changes.noneSince(this.#stood, this.#keys)
    if (holds) this.#stood = near.changes.now ?? this.#stood
    return holds
  }

  /** Something larger is built from it, which has just been found to hold: all that it needs, that needs too. */
  takeDown(dependencies: Dependencies): void {
    dependencies.readAt(this.#stood)
    for (const key of this.#keys) dependencies.add(key, this.#expiresAt)
  }
}
