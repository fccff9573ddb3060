import { decode } from './codec.ts'
import type { KindDefinition } from './kind-definition.ts'
import { lifetimeOf } from './lifetime.ts'
import type { State, Value } from './state.ts'
import type { Store, StoredKey } from './store.ts'

/** What is stored under a key, for people. Times in ms. */
export interface Inspection {
  /** As people know it: without the prefix. */
  readonly name: string
  /** corrupt: what is stored is not ours. */
  readonly state: State['is'] | 'corrupt'
  /** Since it was filled; null where it is no entry. */
  readonly ageMs: number | null
  readonly ttlMs: number | null
  readonly bytes: number | null
  /** What must be current for the entry to be served, and whether it is; null where that cannot be told. */
  readonly stamps: readonly { readonly name: string; readonly isCurrent: boolean | null }[]
  readonly holders: readonly { readonly writer: string; readonly leftMs: number }[]
  /** The entry itself; null where there is none. */
  readonly json: string | null
  /** Loads from the database what the entry stands for; null where that is not known of this key. */
  readonly reload: (() => Promise<unknown>) | null
}

/** What an entry of a kind must be stamped with. */
export interface Expected {
  readonly definition: Pick<KindDefinition<never, unknown>, 'shape' | 'ttlMs' | 'negativeTtlMs'>
  readonly generationKey: string
  /** The keys of the groups that it belongs to; null where they are not known. */
  readonly groups: readonly string[] | null
  readonly standard: { readonly ttlMs: number; readonly negativeTtlMs: number }
  readonly reload: Inspection['reload']
}

/**
 * Looks at a key and, where it may be an entry of a kind, at everything that must be current for it. What is looked at
 * changes meanwhile: this is for people, and nothing is decided by it.
 * @param nameOf the name of a key without its prefix
 * @throws where the store does not answer in time
 */
export async function inspect(
  store: Store,
  key: string,
  nameOf: (key: string) => string,
  expected: Expected | null,
): Promise<Inspection> {
  const stored = await store.inspect(key)
  const state = decode(stored.raw)
  const value = state?.is === 'value' ? state : null
  const isEntry = value !== null && expected !== null
  return {
    name: nameOf(key),
    state: state?.is ?? 'corrupt',
    ageMs: isEntry && stored.ttlMs !== null ? ageOf(value, stored.ttlMs, expected) : null,
    ttlMs: stored.ttlMs,
    bytes: stored.bytes,
    stamps: isEntry ? await stampsOf(store, value, stored, nameOf, expected) : [],
    holders: state?.is === 'hold' ? holdersOf(state.holders, Date.now()) : [],
    json: isEntry ? value.json : null,
    reload: expected?.reload ?? null,
  }
}

function ageOf(value: Value, ttlMs: number, { definition, standard }: Expected): number {
  return Math.max(0, lifetimeOf(value, definition, standard) - ttlMs)
}

async function stampsOf(
  store: Store,
  value: Value,
  { life }: StoredKey,
  nameOf: (key: string) => string,
  { definition, generationKey, groups }: Expected,
): Promise<Inspection['stamps']> {
  const [shape, ...others] = value.stamps.split('.')
  const generations = await Promise.all(
    [generationKey, ...(groups ?? [])].map(async (key) => {
      const state = decode((await store.inspect(key)).raw)
      return { name: nameOf(key), isCurrent: state?.is === 'value' && others.includes(state.token) }
    }),
  )
  return [
    { name: 'shape', isCurrent: shape === definition.shape.fingerprint },
    { name: 'life', isCurrent: life !== null && others.includes(life) },
    ...generations,
    ...(groups === null ? [{ name: 'groups', isCurrent: null }] : []),
  ]
}

/** Deadlines are on the store's clock, which may differ a little from this one. */
function holdersOf(holders: ReadonlyMap<string, number>, now: number): Inspection['holders'] {
  return [...holders].map(([writer, deadline]) => ({ writer, leftMs: Math.max(0, deadline - now) }))
}
