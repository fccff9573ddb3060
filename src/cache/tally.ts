import type { BypassReason, CountedEvent, EntryListener, Listener, MissReason } from './events.ts'

/** Counts what happened to the entries of one read, to tell it once. */
export class Tally {
  readonly #kind: string
  readonly #tell: Listener
  readonly #onEntry: EntryListener | undefined
  readonly #counts = new Map<CountedEvent, number>()
  readonly #bypasses = new Map<BypassReason, number>()

  constructor(kind: string, tell: Listener, onEntry: EntryListener | undefined) {
    this.#kind = kind
    this.#tell = tell
    this.#onEntry = onEntry
  }

  add(type: CountedEvent, key: string, why?: MissReason): void {
    this.#onEntry?.(key, type, why)
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1)
  }

  bypass(reason: BypassReason, key: string): void {
    this.#onEntry?.(key, 'bypass', reason)
    this.#bypasses.set(reason, (this.#bypasses.get(reason) ?? 0) + 1)
  }

  tell(): void {
    this.#tell({ type: 'batch', kind: this.#kind })
    for (const [type, count] of this.#counts) this.#tell({ type, kind: this.#kind, count })
    for (const [reason, count] of this.#bypasses) this.#tell({ type: 'bypass', kind: this.#kind, count, reason })
  }
}
