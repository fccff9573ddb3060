import { Changes, type Moment } from './changes.ts'
import { encode } from './codec.ts'
import type { Look } from './look-script.ts'
import type { RedisNode } from './redis-node.ts'
import { charactersIn, type Copy, type Near, type StoreRead, type Transition } from './store.ts'

/** When something was read: null where that, or whether it may be trusted, is not known. */
interface LookedAt {
  readonly life: string | null
  readonly moment: Moment | null
}

interface NearCopy extends Copy {
  /** In which era it was used last; in none once it was given up. */
  era: number
}

type Fill = Extract<Transition, { do: 'fill' }>

const longestCopy = 64 * 1024
const givenUp = -1

/**
 * Copies of what this process has read from one Redis. Before they are used, Redis is asked what has changed: see
 * look-script.ts for why that is enough. They are kept in two halves: what is used moves to the young one, and once that is
 * full an era ends, and the old one is dropped.
 */
export class NearCopies implements Near {
  readonly changes = new Changes()
  readonly #node: Pick<RedisNode, 'look'>
  readonly #mostCharacters: number
  #young = new Map<string, NearCopy>()
  #old = new Map<string, NearCopy>()
  #characters = 0
  #era = 0
  /** How many questions have been asked, and which of them was answered last. */
  #asked = 0
  #answered = 0
  #knownUntil = -Infinity

  /** @param mostBytes how much memory the text of copies may take, counted as two bytes for each character */
  constructor(node: Pick<RedisNode, 'look'>, mostBytes: number) {
    this.#node = node
    this.#mostCharacters = mostBytes / 2
  }

  get knownUntil(): number {
    return this.#knownUntil
  }

  get era(): number {
    return this.#era
  }

  async catchUp(): Promise<void> {
    await this.#look([])
  }

  copy(key: string, at: number): Copy | undefined {
    const copy = this.#young.get(key) ?? this.#old.get(key)
    return copy !== undefined && this.has(copy, at) ? copy : undefined
  }

  has(given: Copy, at: number): boolean {
    const copy = given as NearCopy
    if (copy.era < this.#era - 1 || copy.expiresAt <= at) return false
    if (copy.era !== this.#era) {
      this.#old.delete(copy.key)
      this.#put(copy)
    }
    return true
  }

  /** Somebody may replace it without a hold, since its value is no longer valid. */
  forget(key: string): void {
    const copy = this.#young.get(key) ?? this.#old.get(key)
    if (copy === undefined) return
    copy.era = givenUp
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /**
   * This process has stored a value, as it began to at this moment. There may have been news since, and they may have come
   * from after it was stored.
   */
  filled({ key, value, ttlMs }: Fill, since: Moment | null, begun: number): void {
    if (since !== null && this.changes.noneSince(since, [key])) this.#keep(key, encode(value), begun + ttlMs)
  }

  /** In one round trip, and a second where copies had to be given up by the first. */
  async read(keys: readonly string[]): Promise<StoreRead> {
    const begun = performance.now()
    const found = new Map<string, string | null>()
    const first = await this.#look(
      keys.filter((key) => this.copy(key, begun) === undefined),
      found,
    )
    const others = keys.filter((key) => !found.has(key))
    const isMissing = others.some((key) => this.copy(key, begun) === undefined)
    const { life } = isMissing ? await this.#look(others, found) : first
    // what the first step has read may have changed before the second
    const moment = life === first.life ? first.moment : null
    const values = keys.map((key) => found.get(key) ?? this.copy(key, begun)?.raw ?? null)
    const fetched = { keys: found.size, characters: charactersIn([...found.values()]) }
    return { values, lives: keys.map(() => life), moment, fetched }
  }

  async #look(keys: readonly string[], found?: Map<string, string | null>): Promise<LookedAt> {
    const begun = performance.now()
    const turn = (this.#asked += 1)
    const look = await this.#node.look(keys, this.changes.now?.count ?? null)
    keys.forEach((key, i) => found?.set(key, look.values[i] ?? null))
    const { life, count } = look
    // an answer that was overtaken by a later one tells nothing new, and what it has read may have changed since
    if (turn < this.#answered) return { life, moment: life === null || count === null ? null : { life, count } }
    this.#answered = turn
    if (life === null || count === null) {
      this.#restart(null)
      return { life, moment: null }
    }
    const moment = { life, count }
    const known = this.changes.now
    const news = known?.life === life ? newsIn(look, count - known.count) : null
    if (news === null) this.#restart(moment)
    else {
      for (const key of news) this.forget(key)
      this.changes.advance(count, news)
    }
    this.#knownUntil = Math.max(this.#knownUntil, begun)
    keys.forEach((key, i) => this.#keep(key, look.values[i] ?? null, begun + (look.lifetimes[i] ?? 0)))
    return { life, moment: this.changes.now }
  }

  #keep(key: string, raw: string | null, expiresAt: number): void {
    if (raw?.[0] !== '=' || raw.length > longestCopy || expiresAt <= performance.now()) return
    this.forget(key)
    // whole ms are a part of the object, as others are not: there are many copies, and reading them is waiting for memory
    this.#put({ key, raw, expiresAt: Math.floor(expiresAt), era: this.#era, stamps: null, value: null })
  }

  #put(copy: NearCopy): void {
    this.#characters += copy.key.length + copy.raw.length
    if (this.#characters > this.#mostCharacters / 2) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = copy.key.length + copy.raw.length
      this.#era += 1
    }
    copy.era = this.#era
    this.#young.set(copy.key, copy)
  }

  #restart(now: Moment | null): void {
    this.changes.restart(now)
    this.#young.clear()
    this.#old.clear()
    this.#characters = 0
    this.#knownUntil = -Infinity
    // beyond the reach of every copy that somebody remembers
    this.#era += 2
  }
}

/** The keys of the last so many changes, of which others were told before; null where they are not all known. */
function newsIn({ changed }: Look, missed: number): readonly string[] | null {
  if (missed === 0) return []
  return changed === null || missed < 0 || missed > changed.length ? null : changed.slice(0, missed)
}
