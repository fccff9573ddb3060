/**
 * # The protocol of one entry
 *
 * A key is in one of four states, and every change of it is one atomic transition: a function below. The in-process store
 * runs it as it is; for Redis it is translated into a Lua script, and tests compare the two.
 *
 * Why it is coherent:
 *
 * - **A slow reader cannot store an old row.** A reader loads only after it was granted a lease, and its fill must name
 *   that lease. A write that begins after the grant replaces the lease by its hold, so the fill finds another state and
 *   stores nothing, however late it comes. No lifetime is trusted for this.
 * - **Nobody is served the old entry between COMMIT and eviction.** A writer holds the key before it commits and evicts
 *   it afterwards. While a hold stands readers go to the database and store nothing.
 * - **Writers that cross do not release each other.** A hold is a set of writers. Evicting takes one away; the key is free
 *   again only without the last.
 * - **No process that died locks a key.** A lease lives as long as its key's time to live. Each holder has a deadline of its
 *   own, and every transition first drops those that are past it: a dead writer does not outlive its deadline on a key
 *   that other writers keep held.
 *
 * A hold that is lost before its transaction commits (its memory was reclaimed, or its deadline passed) costs only the
 * order of reads: a reader that fills in between is evicted after the commit all the same, and is answered before the
 * write is.
 */
export type State =
  | { readonly is: 'absent' }
  /** What the database held, and the token that names this very filling. */
  | { readonly is: 'value'; readonly token: string; readonly stamps: string; readonly json: string }
  /** One reader is loading it. */
  | { readonly is: 'lease'; readonly token: string }
  /** Transactions that change it are about to commit: each writer with its deadline, in ms of the store's clock. */
  | { readonly is: 'hold'; readonly holders: ReadonlyMap<string, number> }

export type Value = Extract<State, { is: 'value' }>

/** What a key becomes and for how long (ms; null: as long as it had), and what the caller is told. */
export interface Step<Outcome> {
  readonly state: State
  readonly ttlMs: number | null
  readonly outcome: Outcome
}

/** granted: the caller loads and fills. value: filled meanwhile. lease, hold: refused, and told by whom. */
export type AcquireOutcome =
  | { readonly is: 'granted' }
  | { readonly is: 'value'; readonly value: Value }
  | { readonly is: 'lease'; readonly token: string }
  | { readonly is: 'hold' }

export const absent: State = { is: 'absent' }

/**
 * A reader asks to load an entry.
 * @param outdated the token of a value that the reader saw and cannot use: that one value counts as absent
 */
export function acquire(
  state: State,
  now: number,
  token: string,
  outdated: string,
  leaseMs: number,
): Step<AcquireOutcome> {
  const current = settled(state, now)
  switch (current.is) {
    case 'value':
      if (current.token !== outdated) return keep(current, { is: 'value', value: current })
      return { state: { is: 'lease', token }, ttlMs: leaseMs, outcome: { is: 'granted' } }
    case 'absent':
      return { state: { is: 'lease', token }, ttlMs: leaseMs, outcome: { is: 'granted' } }
    case 'lease':
      return keep(current, { is: 'lease', token: current.token })
    case 'hold':
      return keep(current, { is: 'hold' })
  }
}

/** A reader stores what it loaded under its lease. Told whether it was stored; under any other state nothing is. */
export function fill(state: State, now: number, lease: string, value: Value, ttlMs: number): Step<boolean> {
  const current = settled(state, now)
  const stored = current.is === 'lease' && current.token === lease
  return stored ? { state: value, ttlMs, outcome: true } : keep(current, false)
}

/** A reader gives its lease back unfilled. */
export function release(state: State, now: number, lease: string): Step<boolean> {
  const current = settled(state, now)
  const released = current.is === 'lease' && current.token === lease
  return released ? { state: absent, ttlMs: null, outcome: true } : keep(current, false)
}

/** A value that needs no load, as a generation is: stored where nothing is, and told what stands there now. */
export function mint(state: State, now: number, value: Value, ttlMs: number): Step<State> {
  const current = settled(state, now)
  return current.is === 'absent' ? { state: value, ttlMs, outcome: value } : keep(current, current)
}

/** A writer is about to commit a change of the entry. */
export function hold(state: State, now: number, writer: string, holdMs: number): Step<true> {
  const current = settled(state, now)
  const holders = new Map(current.is === 'hold' ? current.holders : [])
  holders.set(writer, now + holdMs)
  return held(holders, now)
}

/**
 * A writer's change has been committed, or given up. Without a writer the change is known from elsewhere: whatever is
 * stored goes, and holds stand.
 */
export function evict(state: State, now: number, writer: string | null): Step<boolean> {
  const current = settled(state, now)
  if (current.is === 'absent') return keep(current, false)
  if (current.is !== 'hold') return { state: absent, ttlMs: null, outcome: true }
  const holders = new Map(current.holders)
  const removed = writer !== null && holders.delete(writer)
  return { ...held(holders, now), outcome: removed }
}

/** The state without the holders that are past their deadlines. */
function settled(state: State, now: number): State {
  if (state.is !== 'hold') return state
  const living = new Map([...state.holders].filter(([, deadline]) => deadline > now))
  return living.size === 0 ? absent : { is: 'hold', holders: living }
}

function held(holders: ReadonlyMap<string, number>, now: number): Step<true> {
  if (holders.size === 0) return { state: absent, ttlMs: null, outcome: true }
  return { state: { is: 'hold', holders }, ttlMs: Math.max(...holders.values()) - now, outcome: true }
}

function keep<Outcome>(state: State, outcome: Outcome): Step<Outcome> {
  return { state, ttlMs: null, outcome }
}
