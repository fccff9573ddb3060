import type { WriteListener } from '../../catalog/index.ts'

const counterOf = {
  hit: 'hits',
  miss: 'misses',
  negative: 'negative',
  join: 'joins',
  wait: 'waits',
  bypass: 'bypasses',
  fill: 'fills',
  lostFill: 'lostFills',
  corrupt: 'corrupt',
} as const

/** What a request's reads of one kind came to, in entries. */
type KindCounts = Record<(typeof counterOf)[keyof typeof counterOf], number>

type WriteEvent = Parameters<WriteListener>[0]
type Counted = Extract<WriteEvent, { readonly kind: string; readonly count: number }>

/** Adds up what one request did to the cache and the database. */
export class Totals {
  readonly #kinds = new Map<string, KindCounts>()
  #lastCommand: WriteEvent | undefined
  #redisCommands = 0
  #sqlStatements = 0
  #evictions = 0

  readonly tell: WriteListener = (event) => {
    if (event.type === 'command') {
      // one round trip serves several batches, and each of them tells of it
      if (event !== this.#lastCommand) this.#redisCommands += 1
      this.#lastCommand = event
    } else if (event.type === 'load') this.#sqlStatements += 1
    else if (event.type === 'evict') this.#evictions += event.keys.length
    else if (event.type in counterOf) this.#count(event as Counted)
  }

  /** Statements of writes, which the cache knows nothing of. */
  countStatement(): void {
    this.#sqlStatements += 1
  }

  /** Redis commands are round trips; a store in the process counts its own in the same way. */
  report(): object {
    return {
      kinds: Object.fromEntries(this.#kinds),
      redisCommands: this.#redisCommands,
      sqlStatements: this.#sqlStatements,
      evictions: this.#evictions,
    }
  }

  #count(event: Counted): void {
    const counts = this.#kinds.get(event.kind) ?? {
      hits: 0,
      misses: 0,
      negative: 0,
      joins: 0,
      waits: 0,
      bypasses: 0,
      fills: 0,
      lostFills: 0,
      corrupt: 0,
    }
    counts[counterOf[event.type as keyof typeof counterOf]] += event.count
    this.#kinds.set(event.kind, counts)
  }
}
