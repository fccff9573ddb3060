import type { Cache, Inspection } from '../cache/index.ts'
import { evictByHand, nouns, storedOf, storedUnder, type Catalog, type Noun, type Stored } from '../catalog/index.ts'

/** A stored thing beside the database's own word, as the page shows it. */
export interface Found extends Omit<Inspection, 'json' | 'reload'> {
  /** What is cached; undefined where it is no entry. */
  readonly value?: unknown
  /** What the database says; null where that is not known of this key. */
  readonly database: { readonly value: unknown } | { readonly error: string } | null
}

/** Finds what is cached of a thing, and evicts it. */
export interface Inspector {
  /** @param what a noun, or `key` @param name an id, a slug, a sku or a key @throws as a read does */
  find(what: string, name: string): Promise<readonly Found[]>
  /** Whether something is stored under names like this that may be evicted: an entry, a group, a kind. */
  isEvictable(name: string): boolean
  /** Evicts for every instance. @throws as a write does */
  evict(names: readonly string[]): Promise<'DONE' | 'PENDING'>
}

export function createInspector(cache: Cache, catalog: Pick<Catalog, 'kinds' | 'write'>): Inspector {
  const storage = { cache, kinds: catalog.kinds }
  return {
    async find(what, name) {
      const noun = nouns.find((each) => each === what)
      const all = noun === undefined ? [storedUnder(storage, cache.nameOf(name))] : await storedOf(storage, noun, name)
      return Promise.all(all.map(foundOf))
    },
    isEvictable(name) {
      const [kind = '', rest = ''] = name.split(':', 2)
      return rest !== '' && [...cache.kindNames, 'group', 'generation'].includes(kind)
    },
    evict: (names) =>
      evictByHand(
        catalog.write,
        names.map((name) => cache.keyNamed(name)),
      ),
  }
}

export function isWhat(what: string): what is Noun | 'key' {
  return what === 'key' || nouns.some((noun) => noun === what)
}

async function foundOf(stored: Stored): Promise<Found> {
  const { json, reload, ...inspection } = await stored.inspect()
  return {
    ...inspection,
    ...(json === null ? {} : { value: parsed(json) }),
    database: reload === null ? null : await reload().then(wordOf, errorOf),
  }
}

function wordOf(value: unknown): Found['database'] {
  return value instanceof Error ? errorOf(value) : { value: value ?? null }
}

function errorOf(error: Error): Found['database'] {
  return { error: error.message }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
