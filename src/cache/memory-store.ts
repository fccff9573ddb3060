import { decode, encode } from './codec.ts'
import { absent, acquire, evict, fill, hold, mint, release, type State, type Step } from './state.ts'
import type { Outcomes, OutcomeOf, Store, Transition } from './store.ts'
import { newToken } from './tokens.ts'

interface Slot {
  readonly raw: string
  readonly expiresAt: number
  /** What a finished response was built from: tokens of fillings, by key. */
  readonly tokens?: ReadonlyMap<string, string>
}

export interface MemoryStoreOptions {
  /** The most entries to keep. */
  readonly maxEntries?: number
  /** The most bytes to keep, counted as two for each character of keys and values. */
  readonly maxBytes?: number
  /** The clock, in ms; replaced by tests. */
  readonly now?: () => number
}

/**
 * A store inside this process, bounded, where what was not used for longest goes first. It runs the protocol's
 * transitions as they are: each happens within one synchronous step, and so is atomic.
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxEntries = 100_000, maxBytes = 128 * 1024 * 1024, now = Date.now } = options
  // a Map keeps the order of insertion: the first key is the one unused for longest
  const slots = new Map<string, Slot>()
  let bytes = 0
  let life = newToken()

  function take(key: string): Slot | undefined {
    const slot = slots.get(key)
    if (slot === undefined) return undefined
    slots.delete(key)
    bytes -= sizeOf(key, slot)
    return slot.expiresAt > now() ? slot : undefined
  }

  function put(key: string, slot: Slot): void {
    slots.set(key, slot)
    bytes += sizeOf(key, slot)
  }

  function get(key: string): Slot | undefined {
    const slot = take(key)
    if (slot !== undefined) put(key, slot)
    return slot
  }

  function shrink(): void {
    for (const key of slots.keys()) {
      if (slots.size <= maxEntries && bytes <= maxBytes) return
      take(key)
    }
  }

  function applyOne<T extends Transition>(transition: T): OutcomeOf<T> {
    const slot = take(transition.key)
    const step = stepOf(decode(slot?.raw ?? null) ?? absent, now(), transition)
    const raw = encode(step.state)
    if (raw !== null) {
      put(transition.key, { raw, expiresAt: step.ttlMs === null ? (slot?.expiresAt ?? now()) : now() + step.ttlMs })
      shrink()
    }
    return step.outcome as OutcomeOf<T>
  }

  /** When the first of these fillings expires; null where one of them does not stand. */
  function standUntil(tokens: ReadonlyMap<string, string>): number | null {
    let until = Infinity
    for (const [key, token] of tokens) {
      const slot = get(key)
      if (slot?.raw.startsWith(`=${token}`) !== true) return null
      until = Math.min(until, slot.expiresAt)
    }
    return until
  }

  function bodyOf(key: string): string | null {
    const slot = get(key)
    return slot?.tokens !== undefined && standUntil(slot.tokens) !== null ? slot.raw : null
  }

  function renew(): Promise<void> {
    slots.clear()
    bytes = 0
    life = newToken()
    return Promise.resolve()
  }

  return {
    name: 'memory',
    shared: false,
    ready: Promise.resolve(),
    read: (keys) => Promise.resolve({ values: keys.map((key) => get(key)?.raw ?? null), lives: keys.map(() => life) }),
    apply: (transitions) => Promise.resolve(transitions.map((each) => applyOne(each))),
    responses: {
      read: (keys) => Promise.resolve(keys.map(bodyOf)),
      keep(key, { body, life: builtIn, tokens }, ttlMs) {
        const until = builtIn === life ? standUntil(tokens) : null
        if (until === null) return Promise.resolve(false)
        take(key)
        put(key, { raw: body, tokens, expiresAt: Math.min(until, now() + ttlMs) })
        shrink()
        return Promise.resolve(true)
      },
    },
    inspect(key) {
      const slot = slots.get(key)
      if (slot === undefined || slot.expiresAt <= now()) {
        return Promise.resolve({ raw: null, life, ttlMs: null, bytes: null })
      }
      return Promise.resolve({ raw: slot.raw, life, ttlMs: slot.expiresAt - now(), bytes: sizeOf(key, slot) })
    },
    scan: () => Promise.resolve({ keys: [...slots.keys()], next: null }),
    usage: () => ({ bytes, maxBytes }),
    renew,
    bind: renew,
    vouch: () => Promise.resolve(),
    reachable: () => true,
    describe: () => `in-process store (up to ${maxEntries.toLocaleString('en')} entries)`,
    trouble: () => null,
    close: () => Promise.resolve(),
  }
}

/** Which pure function a transition is. */
export function stepOf(state: State, now: number, transition: Transition): Step<Outcomes[Transition['do']]> {
  switch (transition.do) {
    case 'acquire':
      return acquire(state, now, transition.token, transition.outdated, transition.leaseMs)
    case 'fill':
      return fill(state, now, transition.lease, transition.value, transition.ttlMs)
    case 'release':
      return release(state, now, transition.lease)
    case 'mint':
      return mint(state, now, transition.value, transition.ttlMs)
    case 'hold':
      return hold(state, now, transition.writer, transition.holdMs)
    case 'evict':
      return evict(state, now, transition.writer)
  }
}

function sizeOf(key: string, { raw, tokens }: Slot): number {
  let characters = key.length + raw.length
  for (const [each, token] of tokens ?? []) characters += each.length + token.length
  return 2 * characters
}
