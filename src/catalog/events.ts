import type { CacheEvent } from '../cache/index.ts'
import type { Change } from './changes.ts'

/** A changed row, and the keys that it touches: of entries, of groups, or of a whole kind. */
export interface Cause {
  readonly change: Change
  readonly keys: readonly string[]
}

/** What the catalog did. Durations in ms. */
export type CatalogEvent =
  /** A write was made and answered; PENDING: before it was certain that nobody is served what it replaced. */
  { readonly type: 'write'; readonly propagation: 'DONE' | 'PENDING'; readonly ms: number } | EvictionEvent

/** Changed rows were followed by the eviction of what they touch. */
export interface EvictionEvent {
  readonly type: 'eviction'
  /** mutation: by the write itself, before it was answered. relay: of whatever else changed the database. */
  readonly by: 'mutation' | 'relay'
  readonly causes: readonly Cause[]
  /** Different keys. */
  readonly keys: number
  /** From the commit to the eviction. The relay knows only when the transaction began, and counts from there. */
  readonly lagMs: number
}

/** Is told what a write does, to the cache and by itself. */
export type WriteListener = (event: CacheEvent | CatalogEvent) => void

/** Collects which keys each of some changed rows touches, however often that is looked up. */
export class Causes {
  readonly #keys = new Map<Change, Set<string>>()

  readonly add = (change: Change, keys: readonly string[]): void => {
    const known = this.#keys.get(change)
    if (known === undefined) this.#keys.set(change, new Set(keys))
    else for (const key of keys) known.add(key)
  }

  keysOf(change: Change): readonly string[] {
    return [...(this.#keys.get(change) ?? [])]
  }

  list(): Cause[] {
    return [...this.#keys].map(([change, keys]) => ({ change, keys: [...keys] }))
  }
}

/** Tells the catalog's own listener, and whoever watches one write. */
export function tellBoth(
  listener: (event: CatalogEvent) => void,
  observer: WriteListener | undefined,
  event: CatalogEvent,
): void {
  listener(event)
  observer?.(event)
}
