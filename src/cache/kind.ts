import type { Dependencies } from './dependencies.ts'
import type { EntryListener, Listener } from './events.ts'
import type { Inspection } from './inspection.ts'
import type { Shape } from './shape.ts'

/** A kind of cached thing: how its entries are named, stamped and loaded. */
export interface KindDefinition<Id, Value> {
  /** Unique within the cache, and a part of every key. */
  readonly name: string
  readonly shape: Shape<Value>
  /** What identifies an entry within the kind, already brought to the database's own equality. */
  key(id: Id): readonly string[]
  /** For lists: the groups whose eviction voids the entry. */
  groups?(id: Id): readonly string[]
  /**
   * Loads entries that are not cached, in one statement on the primary, outside any transaction: their values in the
   * order of the ids, null where there is none. It is handed each id once, and may be handed thousands.
   */
  load(ids: readonly Id[]): Promise<readonly (Value | null)[]>
  /** Whether a loaded value is the one of this id: catches a loader that answers in another order. */
  belongs?(id: Id, value: Value): boolean
  /** Time to live in ms, of values and of known absences; by default the cache's. */
  readonly ttlMs?: number
  readonly negativeTtlMs?: number
}

/** A kind as its readers use it. */
export interface Kind<Id, Value> {
  readonly name: string
  /**
   * Reads entries through the cache, in the form of a DataLoader's batch function: in the order of the ids, null where
   * there is none, an Error in the place of an entry whose load failed. Never rejects.
   * @param onEntry is told of each entry by itself
   * @param dependencies takes down what was read, for a response to be kept
   */
  read(
    ids: readonly Id[],
    observer?: Listener,
    onEntry?: EntryListener,
    dependencies?: Dependencies,
  ): Promise<(Value | Error | null)[]>
  /**
   * The value of an entry, null where there is none, without asking anybody: where it is at hand, and all changes are known
   * that were made before `begunAt`, of performance.now(). Undefined where it has to be read. Whoever peeks tells of it.
   */
  peek(id: Id, begunAt: number, dependencies?: Dependencies): Value | null | undefined
  /** Tells how many peeks found values and absences. */
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

/**
 * Calls a kind's loader and holds it to its contract. Never rejects: where the load as a whole failed, every id has the
 * error in its place.
 */
export async function load<Id, Value>(
  definition: KindDefinition<Id, Value>,
  ids: readonly Id[],
  tell: Listener,
): Promise<(Value | Error | null)[]> {
  const begun = performance.now()
  try {
    const values = await definition.load(ids)
    if (!Array.isArray(values) || values.length !== ids.length) {
      throw new Error(
        `the loader of kind "${definition.name}" must answer with one value or null for each of the ${ids.length} ids, ` +
          `in their order, but answered with ${Array.isArray(values) ? `${values.length} values` : typeof values}`,
      )
    }
    return ids.map((id, i) => checked(definition, id, (values as readonly (Value | null)[])[i] ?? null))
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    return ids.map(() => failure)
  } finally {
    tell({ type: 'load', kind: definition.name, count: ids.length, ms: performance.now() - begun })
  }
}

function checked<Id, Value>(definition: KindDefinition<Id, Value>, id: Id, value: Value | null): Value | Error | null {
  if (value === null || definition.belongs === undefined || definition.belongs(id, value)) return value
  return new Error(
    `the loader of kind "${definition.name}" must answer in the order of the ids, ` +
      `but for ${JSON.stringify(definition.key(id))} answered with a value that belongs to another`,
  )
}
