import type { RedisMemory } from '../redis/memory.ts'

/** How things are at a moment; taken every few seconds. Null: it could not be learned. */
export interface SampleEvent {
  readonly type: 'sample'
  readonly cache: {
    readonly store: 'memory' | 'redis'
    /** Whether this instance may rely on being told of every change. */
    readonly trusted: boolean
    /** Why the store is not used; null while it is. */
    readonly trouble: string | null
  }
  /** What Redis says of itself, all nodes added up; null without one, and while it does not answer. */
  readonly redis: RedisMemory | null
  readonly pools: { readonly read: PoolSample; readonly write: PoolSample }
  /** Changed rows whose eviction is not confirmed yet; null while the database does not answer. */
  readonly outbox: OutboxSample | null
  /** How late timers fired since the last sample, in ms. */
  readonly eventLoop: { readonly meanMs: number; readonly p99Ms: number; readonly maxMs: number }
}

export interface PoolSample {
  /** Connections at most. */
  readonly size: number
  readonly inUse: number
  /** Requests for a connection that wait for one. */
  readonly waiting: number
}

export interface OutboxSample {
  /** Up to 10,001, which stands for more. */
  readonly depth: number
  /** Age of the oldest row; 0 without any. */
  readonly oldestMs: number
}
