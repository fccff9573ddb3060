/** Why a read went to the database and stored nothing. */
export type BypassReason =
  /** The instance may not trust the cache at present. */
  | 'untrusted'
  /** The store did not answer. */
  | 'unreachable'
  /** A transaction that changes the entry, or its group, is about to commit. */
  | 'held'
  /** Another process kept the lease for longer than readers wait. */
  | 'waited'
  /** The entry belongs to a newer build. */
  | 'newer'
  /** The entry changed under the reader's eyes. */
  | 'changed'

/**
 * What the cache did: one event for each batch and thing that happened in it, `count` times. `kind` names a kind, or a
 * keeper. Durations in ms.
 *
 * hit, negative: served from the store, the latter a known absence. miss: granted to this reader. join: shared the load
 * of another read in this process. wait: shared the load of another process. bypass: read from the database and not
 * stored. load: the kind's loader was called once, for `count` ids. fill: stored. lostFill: loaded, but a write came
 * first, or the store did not answer. corrupt: what was stored is not ours, and was replaced. outdated: something
 * that was kept is no longer fresh, and was not used.
 */
export type CacheEvent =
  | {
      readonly type: CountedEvent
      readonly kind: string
      readonly count: number
    }
  /** One read of some entries was answered. */
  | { readonly type: 'batch'; readonly kind: string }
  | { readonly type: 'bypass'; readonly kind: string; readonly count: number; readonly reason: BypassReason }
  | { readonly type: 'load'; readonly kind: string; readonly count: number; readonly ms: number }
  | { readonly type: 'hold' | 'evict'; readonly keys: readonly string[]; readonly failed: number }
  /** One round trip to the store. `bytes` of entries that it read or filled, counted as one for each character. */
  | {
      readonly type: 'command'
      readonly operation: Operation
      readonly keys: number
      readonly bytes: number
      readonly ms: number
    }
  | { readonly type: 'error'; readonly operation: Operation; readonly error: Error }

export type CountedEvent = 'hit' | 'negative' | 'miss' | 'join' | 'wait' | 'fill' | 'lostFill' | 'corrupt' | 'outdated'

/** Why an entry was loaded under a lease: nothing was stored, or what was stored is valid no more. */
export type MissReason = 'absent' | 'outdated'

/** Is told what happened to each entry of a read. */
export type EntryListener = (key: string, type: CountedEvent | 'bypass', why?: MissReason | BypassReason) => void

/** What is asked of the store: entries to read, only what has changed, or one of the transitions. */
export type Operation = 'read' | 'look' | 'acquire' | 'fill' | 'release' | 'mint' | 'hold' | 'evict'

export type Listener = (event: CacheEvent) => void

/** The cache's listener, together with the observer of a single read where there is one. */
export function withObserver(listener: Listener, observer: Listener | undefined): Listener {
  if (observer === undefined) return listener
  return (event) => {
    listener(event)
    observer(event)
  }
}
