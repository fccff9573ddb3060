import { decode, encode } from './codec.ts'
import { Changes } from './changes.ts'
import { absent, acquire, evict, fill, hold, mint, release, type State, type Step } from './state.ts'
import { charactersIn, isWriters, type Outcomes, type OutcomeOf, type Store, type Transition } from './store.ts'
import { newToken } from './tokens.ts'

interface Slot {
  readonly raw: string
  readonly expiresAt: number
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
  const changes = new Changes()
  changes.restart({ life, count: 0 })

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
    if (isWriters(transition)) changes.advance((changes.now?.count ?? 0) + 1, [transition.key])
    const slot = take(transition.key)
    const step = stepOf(decode(slot?.raw ?? null) ?? absent, now(), transition)
    const raw = encode(step.state)
    if (raw !== null) {
      put(transition.key, { raw, expiresAt: step.ttlMs === null ? (slot?.expiresAt ?? now()) : now() + step.ttlMs })
      shrink()
    }
    return step.outcome as OutcomeOf<T>
  }

  function renew(): Promise<void> {
    slots.clear()
    bytes = 0
    life = newToken()
    changes.restart({ life, count: 0 })
    return Promise.resolve()
  }

  return {
    name: 'memory',
    shared: false,
    ready: Promise.resolve(),
    read(keys) {
      const values = keys.map((key) => get(key)?.raw ?? null)
      const fetched = { keys: keys.length, characters: charactersIn(values) }
      return Promise.resolve({ values, lives: keys.map(() => life), moment: changes.now, fetched })
    },
    apply: (transitions) => Promise.resolve(transitions.map((each) => applyOne(each))),
    near: {
      knownUntil: Infinity,
      changes,
      catchUp: () => Promise.resolve(),
      copy(key) {
        const slot = get(key)
        if (slot?.raw[0] !== '=') return undefined
        const expiresAt = performance.now() + slot.expiresAt - now()
        return { key, raw: slot.raw, expiresAt, stamps: null, value: null }
      },
      // looked up each time, which tells what was used last
      has: () => false,
      era: null,
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
    epochs: () => ({}),
    reconnect: () => {},
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

function sizeOf(key: string, { raw }: Slot): number {
  return 2 * (key.length + raw.length)
}
