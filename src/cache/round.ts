import type { BypassReason } from './events.ts'

/** What becomes of an entry: its value, null where it is known to be absent, or the error of its load. */
export type Result<Value> = Value | Error | null

/** An entry on its way through a read. */
export interface Wanted<Id> {
  readonly id: Id
  readonly key: string
  readonly groups: readonly string[]
}

/** A key that a read asks the store for a lease of. */
export interface Acquisition<Id> {
  readonly wanted: Wanted<Id>
  readonly stamps: string
  readonly token: string
  readonly outdated: string
}

/** One round of a read: its entries by what is to be done about them. */
export class Round<Id, Value> {
  readonly missing: Acquisition<Id>[] = []
  readonly granted: Acquisition<Id>[] = []
  /** To be read past the cache in the same statement as the granted ones. */
  readonly direct: (readonly [Wanted<Id>, BypassReason])[] = []
  readonly joined: (readonly [Wanted<Id>, Promise<Result<Value> | undefined>])[] = []
  /** Another process is loading them. */
  readonly elsewhere: Wanted<Id>[] = []
  readonly unreachable: Wanted<Id>[] = []
}
