import type { Listener } from './events.ts'
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
