import type { Dependencies } from './dependencies.ts'
import type { EntryListener, Listener } from './events.ts'
import type { Inspection } from './inspection.ts'

/** A kind as its readers use it. */
export interface Kind<Id, Value> {
  readonly name: string
  /**
   * Reads entries through the cache, in the form of a DataLoader's batch function: in the order of the ids, null where
   * there is none, an Error in the place of an entry whose load failed. Never rejects.
   * @param onEntry is told of each entry by itself
   * @param dependencies records what was read, for what is built from it to be kept
   */
  read(
    ids: readonly Id[],
    observer?: Listener,
    onEntry?: EntryListener,
    dependencies?: Dependencies,
  ): Promise<(Value | Error | null)[]>
  /**
   * The value of an entry, null where there is none, without asking anybody: where it is at hand, and all changes are known
   * that were made before `begunAt`, of performance.now(). Undefined where it has to be read. The caller reports
   * it, through tellPeeked.
   */
  peek(id: Id, begunAt: number, dependencies?: Dependencies): Value | null | undefined
  /** Reports how many peeks found values and absences. */
  tellPeeked(found: { readonly hits: number; readonly negatives: number }, observer?: Listener): void
  /** The same from the database, past the cache. */
  reread(ids: readonly Id[], observer?: Listener): Promise<(Value | Error | null)[]>
  /** Looks at an entry as it is stored, for people. @throws where the store does not answer in time */
  inspect(id: Id): Promise<Inspection>
  /** The key under which an entry is stored, to evict it. */
  key(id: Id): string
  /** Evicting this key evicts the whole kind. */
  readonly generationKey: string
}
