import DataLoader from 'dataloader'
import type { Dependencies, Freshness, Kind } from '../cache/index.ts'
import { tellStatements } from '../database/statements.ts'
import type { Maybe } from './maybe.ts'
import type { BatchObserver, RequestObserver } from './observer.ts'

/** A request has used up its time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

export interface ReaderOptions {
  readonly observer?: Pick<RequestObserver, 'batch'>
  /** After which nothing more is read, on the clock of performance.now(), in ms. */
  readonly deadline?: number
  /** Records what is read, where the answer is going to be kept. */
  readonly dependencies?: Dependencies | null
  /**
   * When the request began, on the same clock: what the cache has at hand, and knows to have stood then or later, is used
   * without a question. Null where each read is to be watched.
   */
  readonly begunAt?: number | null
}

type AnyKind = Pick<Kind<never, unknown>, 'name' | 'tellPeeked'>

/** What a request has read of one kind. */
interface OfKind {
  /** What was not at hand, and is being read or has been. */
  loaded: Map<unknown, Promise<unknown>> | null
  loader: DataLoader<unknown, unknown> | null
  /** What was at hand. */
  hits: number
  negatives: number
}

/**
 * What one request has read. What the cache has at hand is read at once. For the rest there is a DataLoader for each kind,
 * so that the things asked for together are read together. No entry is fetched twice; a mutation's answer is read with a
 * new reader.
 *
 * Batches go level by level. While reads are under way nothing new is sent; once they have all been answered, and every
 * resolver has asked for what it needs next, all kinds are sent at once. So each kind is read at most once a level,
 * however unevenly the statements of the level before took their time, and the cache merges the kinds into one MGET.
 */
export class Reader {
  readonly #observer: Pick<RequestObserver, 'batch'> | undefined
  readonly #kinds = new Map<AnyKind, OfKind>()
  readonly #rereaders = new Map<object, DataLoader<unknown, unknown>>()
  readonly #deadline: number
  #dependencies: Dependencies | undefined
  readonly #begunAt: number | null
  #level = 0
  #underWay = 0
  #waiting: (() => void)[] = []

  constructor({ observer, deadline = Infinity, dependencies, begunAt = null }: ReaderOptions = {}) {
    this.#observer = observer
    this.#dependencies = dependencies ?? undefined
    this.#deadline = deadline
    this.#begunAt = begunAt
  }

  /** The value of an entry, from the cache where it is there; null where it is known to be absent. */
  read<Id, Value>(kind: Kind<Id, Value>, id: Id): Maybe<Value | null> {
    const of = this.#of(kind)
    const known = of.loaded?.get(nameOf(kind, id))
    if (known !== undefined) return known as Promise<Value | null>
    const peeked = this.#begunAt === null ? undefined : kind.peek(id, this.#begunAt, this.#dependencies)
    if (peeked !== undefined) {
      if (peeked === null) of.negatives += 1
      else of.hits += 1
      return peeked
    }
    of.loader ??= this.#loader(kind, false, (ids, observer) =>
      kind.read(ids, observer?.tell, observer?.entry, this.#dependencies),
    )
    of.loaded ??= new Map()
    const promise = of.loader.load(id)
    of.loaded.set(nameOf(kind, id), promise)
    return promise as Promise<Value | null>
  }

  /** The same from the database, past the cache: for what was read at two moments and does not fit together. */
  reread<Id, Value>(kind: Kind<Id, Value>, id: Id): Promise<Value | null> {
    this.#dependencies?.taint()
    let loader = this.#rereaders.get(kind)
    if (loader === undefined) {
      loader = this.#loader(kind, true, (ids, observer) => kind.reread(ids, observer?.tell))
      this.#rereaders.set(kind, loader)
    }
    return loader.load(id) as Promise<Value | null>
  }

  /** What was built from entries before, and has just been found to be fresh, is used. */
  record(freshness: Freshness): void {
    if (this.#dependencies !== undefined) freshness.addTo(this.#dependencies)
  }

  /** What is read before this returns is recorded here too. What it goes on reading later is not. */
  recording<Result>(dependencies: Dependencies, work: () => Result): Result {
    const outer = this.#dependencies
    this.#dependencies = dependencies
    try {
      return work()
    } finally {
      this.#dependencies = outer
      if (outer !== undefined) dependencies.addTo(outer)
    }
  }

  /** Tells what was at hand: nobody was told of it one by one. */
  tell(): void {
    for (const [kind, of] of this.#kinds) {
      const { hits, negatives } = of
      if (hits + negatives === 0) continue
      of.hits = of.negatives = 0
      const observer = this.#observer?.batch({
        level: this.#level,
        kind: kind.name,
        size: hits + negatives,
        reread: false,
      })
      kind.tellPeeked({ hits, negatives }, observer?.tell)
      observer?.done?.()
    }
  }

  #of(kind: AnyKind): OfKind {
    let of = this.#kinds.get(kind)
    if (of === undefined) {
      of = { loaded: null, loader: null, hits: 0, negatives: 0 }
      this.#kinds.set(kind, of)
    }
    return of
  }

  #loader<Id, Value>(
    kind: Kind<Id, Value>,
    reread: boolean,
    load: (ids: readonly Id[], observer?: BatchObserver) => Promise<(Value | Error | null)[]>,
  ): DataLoader<unknown, unknown> {
    const batch = async (ids: readonly Id[]): Promise<(Value | Error | null)[]> => {
      if (performance.now() > this.#deadline) throw new DeadlineError('the request took too long: nothing more is read')
      this.#underWay += 1
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
    return new DataLoader<Id, Value | null, unknown>(batch, {
      cacheKeyFn: (id) => nameOf(kind, id),
      batchScheduleFn: (dispatch) => this.#schedule(dispatch),
    })
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

/** The same for the same entry, also where its id is an object, which is another one each time. */
function nameOf<Id>(kind: Pick<Kind<Id, unknown>, 'key'>, id: Id): unknown {
  return typeof id === 'object' ? kind.key(id) : id
}
