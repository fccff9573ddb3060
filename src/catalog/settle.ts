import type { Cache } from '../cache/index.ts'
import { awaitDelivery, ofTransaction, upTo, type Awaited } from '../database/await-delivery.ts'
import type { Epochs } from '../database/cache-server.ts'
import { joined } from '../database/joined.ts'
import { deleteChanges, lastChange, type Evicted, type RecordedChanges } from '../database/outbox.ts'
import type { Queryable } from '../database/sql.ts'
import type { Writer } from '../database/writer.ts'
import type { Change, ChangeContext } from './changes.ts'
import { tellBoth, type CatalogEvent, type Causes, type WriteListener } from './events.ts'

export interface SettleOptions {
  readonly cache: Cache
  readonly writer: Writer
  /** What changed rows do not say themselves, as the database is at this moment. */
  readonly readContext: (database: Queryable, changes: readonly Change[]) => Promise<ChangeContext>
  /** Every key that changed rows touch. */
  readonly affectedKeys: (changes: readonly Change[], context: ChangeContext, causes: Causes) => readonly string[]
  /** Names this process among those that share the cache. */
  readonly instance: string
  /** The epochs in which it evicts at this moment. */
  readonly epochs: () => Epochs
  /** How long an answer waits for evictions that others have to make, in ms. */
  readonly deliveryTimeoutMs: number
  /** Is told of every write. */
  readonly listener: (event: CatalogEvent) => void
}

/** PENDING: others may be served what was replaced for a while yet. */
export type Propagation = 'DONE' | 'PENDING'

/** A write that has been committed. */
export interface Committed {
  /** Null where it found everything as it was to be. */
  readonly changes: RecordedChanges | null
  /** The keys that were held, or should have been. */
  readonly held: readonly string[]
  readonly causes: Causes
  /** Names the write among those that hold keys. */
  readonly holder: string
  readonly observer: WriteListener | undefined
}

/** Evicts what a write has changed, and settles once no reader anywhere is served it; or gives up. Never rejects. */
export type Settle = (committed: Committed) => Promise<Propagation>

/**
 * What comes after COMMIT (`write.ts` says why it is enough). Writes that settle at the same time share their statements:
 * where what they changed lies is read for all of them at once, by a statement that is sent when all of them have been
 * committed, and their outbox rows are deleted at once.
 */
export function createSettle(options: SettleOptions): Settle {
  const { cache, writer, readContext, affectedKeys, instance, deliveryTimeoutMs, listener } = options
  const contextOf = joined(async (all: readonly (readonly Change[])[]): Promise<ChangeContext[]> => {
    const context = await readContext(writer, all.flat())
    return all.map(() => context)
  })
  const deleteRows = joined(async (all: readonly Evicted[]): Promise<boolean[]> => {
    const deleted = await deleteChanges(writer, all)
    return all.map(({ transaction }) => deleted.has(transaction))
  })
  const delivered = async (changes: Awaited, isEvicted: boolean): Promise<Propagation> => {
    const waiting = { instance, isEvicted, isTrusted: () => cache.trusted, timeoutMs: deliveryTimeoutMs }
    return (await awaitDelivery(writer, changes, waiting)) === 'delivered' ? 'DONE' : 'PENDING'
  }
  return async ({ changes, held, causes, holder, observer }) => {
    if (changes === null) {
      // what it wanted, others have done before, whose changes may not have been delivered yet
      const last = await lastChange(writer).catch(() => undefined)
      if (last === undefined) return 'PENDING'
      return last === null ? 'DONE' : delivered(upTo(last), false)
    }
    const begun = performance.now()
    const { transaction } = changes
    const epochs = options.epochs()
    const evict = (keys: readonly string[]): Promise<readonly string[]> =>
      keys.length === 0 || !cache.trusted ? Promise.resolve(keys) : cache.evict(keys, holder, observer)
    // what is held does not wait for what else there may be: until it is evicted, whoever wants it reads the database
    const [touchedNow, failed] = await Promise.all([
      contextOf(changes.rows)
        .then((context) => affectedKeys(changes.rows, context, causes))
        .catch(() => null),
      evict(held),
    ])
    const isHeld = new Set(held)
    const others = (touchedNow ?? []).filter((key) => !isHeld.has(key))
    const isEvicted = touchedNow !== null && failed.length + (await evict(others)).length === 0
    if (isEvicted) {
      const lagMs = performance.now() - begun
      const keys = held.length + others.length
      tellBoth(listener, observer, { type: 'eviction', by: 'mutation', causes: causes.list(), keys, lagMs })
    }
    if (isEvicted && cache.store.shared) {
      // what was evicted in a server that others have left is not for them, and a relay of theirs delivers it
      const isSettled = await deleteRows({ transaction, epochs }).catch(() => false)
      if (isSettled) return 'DONE'
    }
    return delivered(ofTransaction(transaction), isEvicted)
  }
}
