import type { Batch, BatchObserver } from '../../catalog/index.ts'
import { Bounded, most, rounded, shortSql } from './bounds.ts'

type EntryType = Parameters<NonNullable<BatchObserver['entry']>>[1]

/** Where an entry came from, why it was not the cache, and whether it is there now. */
interface EntryTrace {
  readonly key: string
  from: string
  why?: string
  stored?: boolean
}

/** Explains one batch: its entries, each with where it came from, and its statements. */
export class BatchTrace implements BatchObserver {
  readonly #batch: Batch
  readonly #store: string
  readonly #entries = new Map<string, EntryTrace>()
  readonly #statements = new Bounded<{ sql: string; ms: number }>(most.loads)
  readonly #begun = performance.now()
  #ms = 0
  #hits = 0
  #misses = 0
  readonly tell: BatchObserver['tell']

  /** @param store what the store is called */
  constructor(batch: Batch, store: string, tell: BatchObserver['tell']) {
    this.#batch = batch
    this.#store = store
    this.tell = tell
    this.#misses = batch.reread ? batch.size : 0
  }

  readonly entry: NonNullable<BatchObserver['entry']> = (key, type, why) => {
    if (type === 'hit' || type === 'negative') this.#hits += 1
    else if (type === 'miss' || type === 'bypass') this.#misses += 1
    const known = this.#entries.get(key)
    if (type === 'fill' || type === 'lostFill') {
      if (known !== undefined) known.stored = type === 'fill'
    } else if (known !== undefined || this.#entries.size < most.entries) {
      this.#entries.set(key, { key, from: this.#sourceOf(type), ...(why === undefined ? {} : { why }) })
    }
  }

  readonly statement: NonNullable<BatchObserver['statement']> = ({ sql, ms }) => {
    this.#statements.add({ sql: shortSql(sql), ms: rounded(ms) })
  }

  readonly done = (): void => {
    this.#ms = rounded(performance.now() - this.#begun)
  }

  report(): object {
    const { kind, size, reread } = this.#batch
    const omitted = reread ? 0 : size - this.#entries.size
    return {
      kind,
      keys: size,
      hits: this.#hits,
      misses: this.#misses,
      ms: this.#ms,
      ...(reread
        ? { why: 'what was read at two moments did not fit together' }
        : { entries: [...this.#entries.values()] }),
      ...(omitted > 0 ? { entriesOmitted: omitted } : {}),
      ...this.#statements.shown('sql'),
    }
  }

  #sourceOf(type: EntryType): string {
    if (type === 'hit') return this.#store
    if (type === 'negative') return `${this.#store}, as known to be absent`
    if (type === 'join') return 'a load of another read in this process'
    if (type === 'wait') return 'a load of another process'
    return 'database'
  }
}
