import type { Latency } from './latency.ts'

/** What one instance did and how it was, in one slot of time: small, and the same as JSON. */
export interface Tick {
  /** When the slot began, in ms since the epoch: a multiple of its length. */
  readonly at: number
  /** How long it lasted: one slot, or more where the instance was too busy to close it. */
  seconds: number
  readonly instance: Instance
  requests: number
  /** Requests that failed by a fault of the server or of what it depends on. */
  errors: number
  latency: Latency
  /** SQL statements sent for requests, and reads of a kind that the cache answered without any. */
  statements: number
  avoided: number
  kinds: Record<string, KindCounts>
  operations: Record<string, OperationCounts>
  evictions: Eviction[]
  /** Null until the first sample. */
  health: Health | null
}

export interface Instance {
  /** Unique to this process. */
  readonly id: string
  /** For people. */
  readonly name: string
}

/** In entries; evictions in keys. */
export interface KindCounts {
  hits: number
  misses: number
  bypasses: number
  evictions: number
}

export interface OperationCounts {
  requests: number
  latency: Latency
  /** The slowest, in ms. */
  most: number
  statements: number
}

/** Keys that were evicted together, and why. */
export interface Eviction {
  /** The first few rows of the outbox that told of it: a mutation may evict what a relay has evicted, too. */
  readonly ids: readonly string[]
  readonly at: number
  readonly by: 'mutation' | 'outside' | 'hand'
  /** The first few changed rows, and how many there are besides. */
  readonly changes: readonly { readonly row: string; readonly what: string }[]
  readonly more: number
  /** The names of the first few keys, and how many there are in all. */
  readonly keys: readonly string[]
  readonly count: number
}

/** How an instance and what it depends on were, at the end of the slot. Null: not known, or not there. */
export interface Health {
  /** Why the cache is not used; null while it is. */
  readonly cacheTrouble: string | null
  /** False where the database does not answer. */
  readonly database: boolean
  readonly outbox: { readonly depth: number; readonly oldestMs: number } | null
  readonly store: 'memory' | 'redis'
  /** Of the cache, in bytes. */
  readonly memory: number | null
  readonly memoryLimit: number | null
  /** Entries that were dropped for want of memory since the store began. */
  readonly dropped: number
  readonly clients: number | null
  readonly pool: { readonly size: number; readonly inUse: number; readonly waiting: number }
}

/** The length of a slot, in ms. */
export const slotMs = 2000

/** How many slots are kept: ten minutes. */
export const mostSlots = 300

export function emptyTick(at: number, instance: Instance): Tick {
  return {
    at,
    seconds: slotMs / 1000,
    instance,
    requests: 0,
    errors: 0,
    latency: {},
    statements: 0,
    avoided: 0,
    kinds: {},
    operations: {},
    evictions: [],
    health: null,
  }
}

/** Reads what another instance has published; null where it is not a tick, as another build may have it. */
export function parseTick(json: string): Tick | null {
  try {
    const tick = JSON.parse(json) as Tick
    const isOurs =
      Object.keys(tick).toSorted().join() === shape &&
      Number.isSafeInteger(tick.at) &&
      typeof tick.instance.id === 'string'
    return isOurs ? tick : null
  } catch {
    return null
  }
}

const shape = Object.keys(emptyTick(0, { id: '', name: '' }))
  .toSorted()
  .join()
