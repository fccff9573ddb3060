import { CatchUp } from './catch-up.ts'
import { Census, type Count } from './census.ts'
import { withObserver, type Listener } from './events.ts'
import { Flights } from './flights.ts'
import { inspect, type Inspection } from './inspection.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import { KindReader } from './kind-reader.ts'
import type { Kind } from './kind.ts'
import type { KindDefinition } from './kind-definition.ts'
import { Keys } from './keys.ts'
import { MergedReads } from './merged-reads.ts'
import { ParsedValues } from './parsed-values.ts'
import type { Store } from './store.ts'
import { Transitions } from './transitions.ts'

export interface CacheOptions {
  readonly store: Store
  /** What every key begins with; 'larder' by default. */
  readonly prefix?: string
  /** How long values live, 30 minutes by default. All times in ms. */
  readonly ttlMs?: number
  /** How long known absences live, 60 s by default. */
  readonly negativeTtlMs?: number
  /** How long a reader that died keeps others from loading, 10 s by default. Longer than any statement may run. */
  readonly leaseMs?: number
  /** How long a writer that died keeps readers from the cache, 10 s by default. Longer than any transaction may run. */
  readonly holdMs?: number
  /** How long a read waits for another process to load what it needs, 1 s by default. */
  readonly waitMs?: number
  /** Is told everything that happens. */
  readonly listener?: Listener
}

export interface Cache {
  /** Declares a kind of cached thing. @throws where the name is taken or reserved */
  kind<Id, Value>(definition: KindDefinition<Id, Value>): Kind<Id, Value>
  /**
   * Declares a kind of what is built from entries, whose name events carry; null where the store does not tell what has
   * changed. @throws where the name is taken or reserved
   */
  keeper(name: string): Keeper | null
  /**
   * Learns of every change that was made before. From then on, entries that are at hand are read without asking the store,
   * for requests that began before. Never rejects.
   */
  catchUp(): Promise<void>
  /** The names of all kinds. */
  readonly kindNames: readonly string[]
  /** A key by its name without the prefix, as people know it (`product:42`), and that name. */
  keyNamed(name: string): string
  nameOf(key: string): string
  /** Looks at what is stored under a name, for people. @throws where the store does not answer in time */
  inspect(name: string): Promise<Inspection>
  /** Counts what is stored, step by step: the last count that was complete, null before the first. Never rejects. */
  census(): Promise<Count | null>
  /** The key of a group's generation: evicting it evicts every list of the group. */
  groupKey(name: string): string
  /**
   * Before COMMIT: keeps readers of these keys from the cache. Returns the keys for which it is not certain. Here and in
   * evict, the observer is told what the cache's own listener is told.
   */
  hold(keys: readonly string[], writer: string, observer?: Listener): Promise<string[]>
  /**
   * After COMMIT: evicts these keys, and gives up the writer's holds on them. Returns the keys for which it is not
   * certain; they are to be tried again.
   */
  evict(keys: readonly string[], writer?: string, observer?: Listener): Promise<string[]>
  /**
   * Whether this instance may rely on being told of every change. While it may not, reads go to the database; what a
   * store of its own held until then is forgotten, since changes may have been missed.
   * @param stillTrusted asked with every read, for what cannot wait until somebody says so
   */
  trust(trusted: boolean, stillTrusted?: () => boolean): Promise<void>
  readonly trusted: boolean
  /** How long a read waits for another process to load what it needs, in ms. */
  readonly waitMs: number
  readonly store: Store
  close(): Promise<void>
}

const reservedNames = ['group', 'generation', 'life', 'change-count', 'changes', 'trust']

/** A coherent cache-aside cache over a store. It trusts itself until told otherwise. */
export function createCache(options: CacheOptions): Cache {
  const { store, prefix = 'larder', ttlMs = 30 * 60_000, negativeTtlMs = 60_000 } = options
  const { leaseMs = 10_000, holdMs = 10_000, waitMs = 1000, listener = () => {} } = options
  const keys = new Keys(prefix)
  const kinds = new Map<string, Pick<KindReader<never, unknown>, 'inspectKey'>>()
  const names = new Set(reservedNames)
  const census = new Census(store, keys)
  const transitions = new Transitions(store, listener)
  const catchUp = new CatchUp(store, listener)
  const nameOf = (key: string): string => keys.nameOf(key) ?? key
  let trusted = true
  let stillTrusted = (): boolean => true
  const engine = {
    keys,
    store,
    reads: new MergedReads(store, listener),
    flights: new Flights(),
    parsed: new ParsedValues(),
    listener,
    trusted: () => trusted && stillTrusted(),
    transitions,
    ttlMs,
    negativeTtlMs,
    leaseMs,
    waitMs,
  }

  function declare(name: string): void {
    if (names.has(name)) throw new Error(`the name "${name}" is taken: choose another`)
    names.add(name)
  }

  return {
    store,
    waitMs,
    catchUp: () => (engine.trusted() ? catchUp.ask() : Promise.resolve()),
    kind(definition) {
      declare(definition.name)
      const kind = new KindReader(definition, engine)
      kinds.set(definition.name, kind)
      return kind
    },
    keeper(name) {
      declare(name)
      return store.near === null ? null : createKeeper(name, { ...engine, near: store.near })
    },
    get kindNames() {
      return [...kinds.keys()]
    },
    keyNamed: (name) => keys.named(name),
    nameOf,
    inspect(name) {
      const key = keys.named(name)
      return kinds.get(name.split(':', 1)[0] ?? '')?.inspectKey(key) ?? inspect(store, key, nameOf, null)
    },
    census: () => census.step(),
    groupKey: (name) => keys.group(name),
    async hold(held, writer, observer) {
      const wanted = held.map((key) => ({ do: 'hold', key, writer, holdMs }) as const)
      const outcomes = await transitions.apply(wanted, observer)
      const failed = held.filter((_, i) => outcomes[i] instanceof Error)
      withObserver(listener, observer)({ type: 'hold', keys: held, failed: failed.length })
      return failed
    },
    async evict(evicted, writer, observer) {
      const wanted = evicted.map((key) => ({ do: 'evict', key, writer: writer ?? null }) as const)
      const outcomes = await transitions.apply(wanted, observer)
      const failed = evicted.filter((_, i) => outcomes[i] instanceof Error)
      withObserver(listener, observer)({ type: 'evict', keys: evicted, failed: failed.length })
      return failed
    },
    async trust(now, still = () => true) {
      if (now && !trusted && !store.shared) await store.renew()
      trusted = now
      stillTrusted = still
    },
    get trusted() {
      return engine.trusted()
    },
    close: () => store.close(),
  }
}
