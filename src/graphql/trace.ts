import type { CacheEvent, Listener } from '../cache/index.ts'

/** What a request's reads of one kind came to, in entries. */
interface KindCounts {
  hits: number
  misses: number
  negative: number
  joins: number
  waits: number
  bypasses: number
  fills: number
  lostFills: number
  corrupt: number
}

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

/** Adds up what one request did to the cache and the database, for `extensions.larder`. */
export class Trace {
  readonly #begun = performance.now()
  readonly #kinds = new Map<string, KindCounts>()
  #redisCommands = 0
  #sqlStatements = 0
  #evictions = 0

  readonly observe: Listener = (event) => {
    if (event.type === 'command') this.#redisCommands += 1
    else if (event.type === 'load') this.#sqlStatements += 1
    else if (event.type === 'evict') this.#evictions += event.keys.length
    else if (event.type in counterOf) this.#count(event as Extract<CacheEvent, { type: keyof typeof counterOf }>)
  }

  /** Statements of writes, which the cache knows nothing of. */
  countStatement(): void {
    this.#sqlStatements += 1
  }

  /** Redis commands are round trips; a store in the process counts its own in the same way. Times in ms. */
  report(): object {
    return {
      kinds: Object.fromEntries(this.#kinds),
      redisCommands: this.#redisCommands,
      sqlStatements: this.#sqlStatements,
      evictions: this.#evictions,
      durationMs: Math.round((performance.now() - this.#begun) * 100) / 100,
    }
  }

  #count(event: Extract<CacheEvent, { type: keyof typeof counterOf }>): void {
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
    counts[counterOf[event.type]] += event.count
    this.#kinds.set(event.kind, counts)
  }
}
