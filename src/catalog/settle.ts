import { awaitDelivery, deleteChanges, type Evicted, type RecordedChanges } from '../database/outbox.ts'
import { joined } from '../database/joined.ts'
import { tellBoth, type Causes, type WriteListener } from './events.ts'
import type { Change, ChangeContext } from './changes.ts'
import type { Written, WriteOptions } from './write.ts'

/** A write that has been committed. */
export interface Committed {
  readonly changes: RecordedChanges
  /** The keys that were held, or should have been. */
  readonly held: readonly string[]
  readonly causes: Causes
  /** Names the write among those that hold keys. */
  readonly writer: string
  readonly observer: WriteListener | undefined
}

/** Evicts what a write has changed, and settles once no reader anywhere is served it; or gives up. Never rejects. */
export type Settle = (committed: Committed) => Promise<Written<unknown>['propagation']>

/**
 * What comes after COMMIT (`write.ts` says why it is enough). Writes that settle at the same time share their statements:
 * where what they changed lies is read for all of them at once, by a statement that is sent when all of them have been
 * committed, and their outbox rows are deleted at once.
 */
export function createSettle(options: WriteOptions): Settle {
  const { cache, prisma, readContext, affectedKeys, instance, deliveryTimeoutMs, listener } = options
  const contextOf = joined(async (all: readonly (readonly Change[])[]): Promise<ChangeContext[]> => {
    const context = await readContext(prisma, all.flat())
    return all.map(() => context)
  })
  const deleteRows = joined(async (all: readonly Evicted[]): Promise<boolean[]> => {
    const deleted = await deleteChanges(prisma, all)
    return all.map(({ transaction }) => deleted.has(transaction))
  })
  return async ({ changes, held, causes, writer, observer }) => {
    const begun = performance.now()
    const { transaction } = changes
    const epochs = cache.store.epochs()
    const evict = (keys: readonly string[]): Promise<readonly string[]> =>
      keys.length === 0 || !cache.trusted ? Promise.resolve(keys) : cache.evict(keys, writer, observer)
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
    const outcome = await awaitDelivery(prisma, transaction, {
      instance,
      isEvicted,
      isTrusted: () => cache.trusted,
      timeoutMs: deliveryTimeoutMs,
    })
    return outcome === 'delivered' ? 'DONE' : 'PENDING'
  }
}
