import { setTimeout as sleep } from 'node:timers/promises'
import { newToken } from '../cache/index.ts'
import { DatabaseUnavailableError, sqlStateOf } from '../database/errors.ts'
import { readOwnChanges, recordKeys, type RecordedChanges } from '../database/outbox.ts'
import type { Queryable } from '../database/sql.ts'
import { CommitUnknownError } from '../database/writer.ts'
import { Causes, tellBoth, type WriteListener } from './events.ts'
import { createSettle, type Propagation, type Settle, type SettleOptions } from './settle.ts'

/** What the work of a write may use: the transaction, and nothing that reads through the cache. */
export type Transaction = Queryable

/**
 * Changes the catalog: runs the work in a transaction, which may be run again from the start where it met another, and
 * returns once no reader anywhere is served what it replaced. Where the work throws, nothing has changed.
 *
 * @throws DatabaseUnavailableError, DatabaseTimeoutError, NotHeldError; CommitUnknownError, and whatever the write touches
 *   is evicted all the same if it was made
 */
export type Write = <Result>(
  work: (tx: Transaction) => Promise<Result>,
  observer?: WriteListener,
) => Promise<Written<Result>>

export interface Written<Result> {
  readonly result: Result
  readonly propagation: Propagation
}

export interface WriteOptions extends SettleOptions {
  /** Whether a write that cannot be held is refused. */
  readonly strict: boolean
  /** How long a transaction may take, in ms; shorter than a hold lives. */
  readonly transactionTimeoutMs: number
}

/** The cache could not be told of a change before it was made, and the configuration wants that: nothing has changed. */
export class NotHeldError extends Error {
  override readonly name = 'NotHeldError'
}

const mostAttempts = 6
// a write that met another is run again and sees what the other did: serialization failures, deadlocks, and rows that
// another has just created or deleted under a unique or a foreign key
const retried = new Set(['40001', '40P01', '23505', '23503', '23001'])

/**
 * The only way to change the catalog: the cache stays coherent because no change goes round it.
 *
 * 1. The work changes rows. Triggers record every one of them in the outbox, those included that a cascade or another
 *    trigger changed; these rows name the keys.
 * 2. The keys are held: from here on no reader is served them, and nothing that was loaded before can be stored.
 * 3. COMMIT. Readers that come now read the database.
 * 4. The keys are evicted. What a changed row touches also depends on rows that others may have changed meanwhile (a
 *    category that moved), so it is read again, and what is new in it is evicted too: a transaction that committed between
 *    our two reads is seen by the second, one that commits later sees our change itself. Then the outbox rows are deleted.
 * 5. Only then is the write answered.
 *
 * Whatever fails from 2 on, the outbox rows stand, because they were committed with the change, and a relay delivers
 * them; the answer waits for that, or until all instances are known to bypass the cache. What could not be held is named
 * in the outbox as well, since whoever delivers sees the database as it is by then. An instance that bypasses the cache
 * leaves it to those who do not, rather than wait for what does not answer.
 */
export function createWrite(options: WriteOptions): Write {
  const settle = createSettle(options)
  return async (work, observer) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await writeOnce(options, settle, work, observer)
      } catch (error) {
        const state = sqlStateOf(error) ?? ''
        if (!retried.has(state)) throw error
        if (attempt === mostAttempts) {
          if (!state.startsWith('40')) throw error
          throw new DatabaseUnavailableError('The write met others again and again', { cause: error })
        }
        await sleep(Math.random() * 2 ** attempt * 5)
      }
    }
  }
}

async function writeOnce<Result>(
  options: WriteOptions,
  settle: Settle,
  work: (tx: Transaction) => Promise<Result>,
  observer: WriteListener | undefined,
): Promise<Written<Result>> {
  const { cache, writer, readContext, affectedKeys, strict, transactionTimeoutMs } = options
  const holder = newToken()
  const causes = new Causes()
  const begun = performance.now()
  let held: readonly string[] = []
  let changes: RecordedChanges | null = null
  let result: Result
  try {
    result = await writer.transaction(async (tx) => {
      const worked = await work(tx)
      changes = await readOwnChanges(tx, transactionTimeoutMs)
      if (changes !== null) {
        held = affectedKeys(changes.rows, await readContext(tx, changes.rows), causes)
        const failed = cache.trusted || strict ? await cache.hold(held, holder, observer) : held
        if (strict && failed.length > 0) throw new NotHeldError(`${failed.length} keys could not be held`)
        if (failed.length > 0) await recordKeys(tx, failed)
      }
      return worked
    })
  } catch (error) {
    // where nobody knows, the holds are left to their deadline, and the outbox, if there is something in it, to the relay
    if (held.length > 0 && !(error instanceof CommitUnknownError)) await cache.evict(held, holder, observer)
    throw error
  }
  const propagation = await settle({ changes, held, causes, holder, observer })
  tellBoth(options.listener, observer, { type: 'write', propagation, ms: performance.now() - begun })
  return { result, propagation }
}
