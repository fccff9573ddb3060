import type { EntryListener, Listener } from '../cache/index.ts'
import type { StatementListener } from '../database/statements.ts'
import type { WriteListener } from './events.ts'

/** Some entries of a kind that a request reads together. */
export interface Batch {
  /** How deep in the query, counted from 1: everything at one level is read at once. */
  readonly level: number
  readonly kind: string
  /** How many entries. */
  readonly size: number
  /** Whether it goes past the cache, because what was read at two moments did not fit together. */
  readonly reread: boolean
}

/** Is told what becomes of a batch. What it does not have is not told, and costs nothing. */
export interface BatchObserver {
  readonly tell: Listener
  /** Each entry by itself. */
  readonly entry?: EntryListener
  /** Each SQL statement that was sent for it. */
  readonly statement?: StatementListener
  /** It has been read. */
  readonly done?: () => void
}

/** Is told what a write does. What it does not have is not told, and costs nothing. */
export interface WriteObserver {
  readonly tell: WriteListener
  /** Each of its SQL statements. */
  readonly statement?: StatementListener
  /** It has been made, or has failed. */
  readonly done?: () => void
}

/** Watches what one request does: each batch that it reads, and each of its writes, begins with a call. */
export interface RequestObserver {
  batch(batch: Batch): BatchObserver
  write(): WriteObserver
}

/** One observer that stands for several. */
export function observers(several: readonly RequestObserver[]): RequestObserver {
  const [only] = several
  if (only !== undefined && several.length === 1) return only
  return {
    batch(batch) {
      const parts = several.map((each) => each.batch(batch))
      return {
        tell: (event) => parts.forEach(({ tell }) => tell(event)),
        entry: (...entry) => parts.forEach((part) => part.entry?.(...entry)),
        statement: (event) => parts.forEach((part) => part.statement?.(event)),
        done: () => parts.forEach((part) => part.done?.()),
      }
    },
    write() {
      const parts = several.map((each) => each.write())
      return {
        tell: (event) => parts.forEach(({ tell }) => tell(event)),
        statement: (event) => parts.forEach((part) => part.statement?.(event)),
        done: () => parts.forEach((part) => part.done?.()),
      }
    },
  }
}
