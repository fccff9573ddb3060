import DataLoader from 'dataloader'
import type { Dependencies, Kind } from '../cache/index.ts'
import { tellStatements } from '../database/statements.ts'
import type { BatchObserver, RequestObserver } from './observer.ts'

/** A request has used up its time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * What one request has read: a DataLoader for each kind, so that the things asked for together are read together and no
 * entry is read twice. A mutation's answer is read with a new one.
 *
 * Batches go level by level. While reads are under way nothing new is sent; once they have all been answered, and every
 * resolver has asked for what it needs next, all kinds are sent at once. So each kind is read at most once a level,
 * however unevenly the statements of the level before took their time, and the cache merges the kinds into one MGET.
 */
export class Reader {
  readonly #observer: Pick<RequestObserver, 'batch'> | undefined
  readonly #loaders = new Map<object, DataLoader<unknown, unknown>>()
  readonly #rereaders = new Map<object, DataLoader<unknown, unknown>>()
  readonly #deadline: number
  readonly #dependencies: Dependencies | undefined
  #level = 0
  #underWay = 0
  #waiting: (() => void)[] = []

  /**
   * @param deadline after which nothing more is read, on the clock of performance.now(), in ms
   * @param dependencies takes down what is read, where the answer is going to be kept
   */
  constructor(
    observer?: Pick<RequestObserver, 'batch'>,
    deadline = Infinity,
    dependencies: Dependencies | null = null,
  ) {
    this.#observer = observer
    this.#dependencies = dependencies ?? undefined
    this.#deadline = deadline
  }

  /** The value of an entry, from the cache where it is there; null where it is known to be absent. */
  read<Id, Value>(kind: Kind<Id, Value>, id: Id): Promise<Value | null> {
    return this.#loader(this.#loaders, kind, (ids, observer) =>
      kind.read(ids, observer?.tell, observer?.entry, this.#dependencies),
    ).load(id)
  }

  /** The same from the database, past the cache: for what was read at two moments and does not fit together. */
  reread<Id, Value>(kind: Kind<Id, Value>, id: Id): Promise<Value | null> {
    this.#dependencies?.spoil()
    return this.#loader(this.#rereaders, kind, (ids, observer) => kind.reread(ids, observer?.tell)).load(id)
  }

  #loader<Id, Value>(
    loaders: Map<object, DataLoader<unknown, unknown>>,
    kind: Kind<Id, Value>,
    load: (ids: readonly Id[], observer?: BatchObserver) => Promise<(Value | Error | null)[]>,
  ): DataLoader<Id, Value | null> {
    const known = loaders.get(kind)
    if (known !== undefined) return known as DataLoader<Id, Value | null>
    const batch = async (ids: readonly Id[]): Promise<(Value | Error | null)[]> => {
      if (performance.now() > this.#deadline) throw new DeadlineError('the request took too long: nothing more is read')
      this.#underWay += 1
      const reread = loaders === this.#rereaders
      const observer = this.#observer?.batch({ level: this.#level, kind: kind.name, size: ids.length, reread })
      try {
        return await (observer?.statement === undefined
          ? load(ids, observer)
          : tellStatements(observer.statement, () => load(ids, observer)))
      } finally {
        observer?.done?.()
        this.#underWay -= 1
        if (this.#underWay === 0) this.#dispatchSoon()
      }
    }
    const loader = new DataLoader<Id, Value | null, unknown>(batch, {
      cacheKeyFn: (id) => (typeof id === 'object' ? kind.key(id) : id),
      batchScheduleFn: (dispatch) => this.#schedule(dispatch),
    })
    loaders.set(kind, loader)
    return loader
  }

  #schedule(dispatch: () => void): void {
    this.#waiting.push(dispatch)
    if (this.#underWay === 0 && this.#waiting.length === 1) this.#dispatchSoon()
  }

  /** Once every promise that can settle now has settled, as DataLoader's own scheduler has it. */
  #dispatchSoon(): void {
    void Promise.resolve().then(() => process.nextTick(() => this.#dispatch()))
  }

  #dispatch(): void {
    if (this.#underWay > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    this.#level += 1
    for (const dispatch of waiting) dispatch()
  }
}
