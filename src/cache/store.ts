import type { Changes, Moment } from './changes.ts'
import type { AcquireOutcome, State, Value } from './state.ts'

/** One transition of one key, to be made in the store. Times in ms. */
export type Transition =
  | {
      readonly do: 'acquire'
      readonly key: string
      readonly token: string
      readonly outdated: string
      readonly leaseMs: number
    }
  | { readonly do: 'fill'; readonly key: string; readonly lease: string; readonly value: Value; readonly ttlMs: number }
  | { readonly do: 'release'; readonly key: string; readonly lease: string }
  | { readonly do: 'mint'; readonly key: string; readonly value: Value; readonly ttlMs: number }
  | { readonly do: 'hold'; readonly key: string; readonly writer: string; readonly holdMs: number }
  | { readonly do: 'evict'; readonly key: string; readonly writer: string | null }

/** Whether it is made by a writer, and not by a reader. */
export function isWriters({ do: name }: Transition): boolean {
  return name === 'hold' || name === 'evict'
}

export interface Outcomes {
  readonly acquire: AcquireOutcome
  readonly fill: boolean
  readonly release: boolean
  readonly mint: State
  readonly hold: true
  readonly evict: boolean
}

/** What a transition came to; an Error where it is not known whether it was made, or ever will be. */
export type OutcomeOf<T extends Transition> = Outcomes[T['do']] | Error

/** What a read found for each key, in the order of the keys. */
export interface StoreRead {
  /** The stored forms. */
  readonly values: readonly (string | null)[]
  /**
   * The life of the data that each was read in: a token that changes whenever that data may have been lost or set back.
   * Null: not known, trust nothing.
   */
  readonly lives: readonly (string | null)[]
  /** Everything that had changed before this moment shows in what was read; null where the store tells no moments. */
  readonly moment: Moment | null
  /** How many keys were asked for, and how many characters were answered: less where copies were at hand. */
  readonly fetched: { readonly keys: number; readonly characters: number }
}

/** What is stored under one key, for people. */
export interface StoredKey {
  readonly raw: string | null
  /** The life that its data is in, as in StoreRead. */
  readonly life: string | null
  /** Null where nothing is stored. */
  readonly ttlMs: number | null
  /** The memory it takes, key included; null where nothing is stored, or the store does not say. */
  readonly bytes: number | null
}

/** Some of the keys that are stored, and where the next ones begin; null behind the last. */
export interface ScannedKeys {
  readonly keys: readonly string[]
  readonly next: string | null
}

/** The copy of one value. */
export interface Copy {
  readonly key: string
  /** The stored form. */
  readonly raw: string
  /** On the clock of performance.now(). */
  readonly expiresAt: number
  /** The stamps under which its value was found valid last, so that it is not judged again; null before. */
  stamps: string | null
  value: unknown
}

/** Copies of values that this process may use without asking for each, and what is known of their changes. */
export interface Near {
  /** All changes are known that were made in the store before this moment, on the clock of performance.now(). */
  readonly knownUntil: number
  readonly changes: Pick<Changes, 'now' | 'noneSince'>
  /** Learns of every change that was made before. @throws where the store does not answer in time */
  catchUp(): Promise<void>
  /** The copy of a value, which stands as of `knownUntil` at least; undefined where there is none at this time. */
  copy(key: string, at: number): Copy | undefined
  /** Whether that copy is still the current one, which spares the search for it. */
  has(copy: Copy, at: number): boolean
  /** Changes once copies were dropped, so that whoever remembers them forgets them; null where none is to be remembered. */
  readonly era: number | null
}

/** Where entries are kept. Every store passes the same conformance suite. */
export interface Store {
  readonly name: 'memory' | 'redis'
  /** Whether other processes read and write the same entries. */
  readonly shared: boolean
  /** In one round trip. @throws where the store does not answer in time */
  read(keys: readonly string[]): Promise<StoreRead>
  /**
   * In one round trip. All are of one side, readers' or writers', which have different deadlines: see isWriters. Each key
   * settles on its own; never rejects.
   */
  apply<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]>
  /** Null where no single step tells all changes, as in a cluster. */
  readonly near: Near | null
  /** Looks at one key, and changes nothing. @throws where the store does not answer in time */
  inspect(key: string): Promise<StoredKey>
  /**
   * Names about so many keys at a time, in no order, some of them twice.
   * @param from null to begin @throws where the store does not answer in time
   */
  scan(from: string | null, about: number): Promise<ScannedKeys>
  /** How much of its own memory it uses; null where the memory is not this process's. */
  usage(): { readonly bytes: number; readonly maxBytes: number } | null
  /**
   * Settles once the first attempt to reach the store has succeeded or failed.
   * @throws UnsuitableServerError where it was reached and can never be used
   */
  readonly ready: Promise<void>
  /** Begins a new life, in which nothing stored so far is valid. */
  renew(): Promise<void>
  /** The database behind the cache is this one from now on: nothing stored of another is valid. */
  bind(origin: string): Promise<void>
  /**
   * Says that the caller is told of every change, for this long (ms). A store that may be replaced by a copy of itself
   * without noticing is read only while somebody says so.
   */
  vouch(forMs: number): Promise<void>
  /** The epochs in which its servers were met last, by the names under which they were admitted. */
  epochs(): Readonly<Record<string, string>>
  /** Asks anew where its servers are: another one is used under the same name by now. */
  reconnect(): void
  /** Whether entries can be read and evicted at present, as far as is known. */
  reachable(): boolean
  /** For people: what and where the store is. */
  describe(): string
  /** For people: why it is not used at present; null while it is. */
  trouble(): string | null
  close(): Promise<void>
}

/** The length of all values together. */
export function charactersIn(values: readonly (string | null)[]): number {
  let characters = 0
  for (const value of values) characters += value?.length ?? 0
  return characters
}
