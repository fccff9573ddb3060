import { keptKinds } from '../observe/index.ts'
import { dependenciesOf, type Dependency } from './dependencies.ts'
import { addLatency, percentile, type Latency } from './latency.ts'
import { slotMs, type Eviction, type Instance, type KindCounts, type OperationCounts, type Tick } from './tick.ts'

/** What all instances together did in some time, and how they were at its end. */
export interface Moment {
  /** When it began, in ms since the epoch. */
  readonly at: number
  readonly seconds: number
  readonly requests: number
  readonly errors: number
  /** In ms; null without a request. */
  readonly p50: number | null
  readonly p99: number | null
  /** Entries read, and those of them that came from the cache. */
  readonly reads: number
  readonly hits: number
  readonly statements: number
  readonly avoided: number
  readonly store: 'memory' | 'redis'
  readonly memory: number | null
  readonly memoryLimit: number | null
  readonly clients: number | null
  readonly pool: number
  readonly inUse: number
  readonly waiting: number
  /** The names of dependencies that were away. */
  readonly down: readonly string[]
}

/** What the page shows. */
export interface State {
  /** Whether this is everything, and not only what came since the last time. */
  readonly whole: boolean
  /** How many slots to keep. */
  readonly most: number
  readonly slots: readonly Moment[]
  readonly minute: Moment
  /** Entries that Redis dropped for want of memory, in ten minutes. */
  readonly dropped: number
  readonly kinds: readonly (KindCounts & { readonly kind: string; readonly entries: number | null })[]
  /** How long ago the entries were counted, in ms; null where they never were. */
  readonly counted: number | null
  readonly operations: readonly OperationRow[]
  readonly evictions: readonly (Eviction & { readonly instance: string })[]
  readonly dependencies: readonly Dependency[]
  readonly instances: readonly Instance[]
}

/** Durations in ms. */
export interface OperationRow {
  readonly name: string
  readonly requests: number
  readonly p50: number | null
  readonly p99: number | null
  readonly most: number
  readonly statements: number
}

type Slots = readonly (readonly Tick[])[]

const mostOperations = 10
// what is built from entries and kept is no entry
const kept = new Set(keptKinds)
const slotsOfMinute = 60_000 / slotMs

/**
 * Adds up what instances told.
 * @param slots ten minutes of them
 * @param entries how many are stored of each kind
 */
export function summarize(
  slots: Slots,
  now: number,
  entries: ReadonlyMap<string, number> | null,
): Pick<State, 'minute' | 'dropped' | 'kinds' | 'operations' | 'dependencies' | 'instances'> {
  const ticks = slots.flat()
  return {
    minute: minuteOf(slots, now),
    dropped: droppedIn(ticks),
    kinds: kindsOf(ticks, entries),
    operations: operationsOf(ticks),
    dependencies: dependenciesOf(slots, now),
    instances: instancesOf(ticks, now),
  }
}

/** What happened in one slot, or in several as if they were one. */
export function momentOf(ticks: readonly Tick[], at: number, seconds = secondsOf(ticks)): Moment {
  const latency: Latency = {}
  for (const tick of ticks) addLatency(latency, tick.latency)
  const entries = ticks.flatMap((tick) => Object.entries(tick.kinds).filter(([kind]) => !kept.has(kind)))
  const sum = <Each>(all: readonly Each[], of: (each: Each) => number): number =>
    all.reduce((total, each) => total + of(each), 0)
  const hits = sum(entries, ([, counts]) => counts.hits)
  const ends = latestOfEach(ticks)
  const healths = ends.flatMap(({ health }) => (health === null ? [] : [health]))
  const newest = healths.findLast(({ memory }) => memory !== null) ?? healths.at(-1)
  return {
    at,
    seconds,
    requests: sum(ticks, (tick) => tick.requests),
    errors: sum(ticks, (tick) => tick.errors),
    p50: percentile(latency, 50),
    p99: percentile(latency, 99),
    hits,
    reads: hits + sum(entries, ([, counts]) => counts.misses + counts.bypasses),
    statements: sum(ticks, (tick) => tick.statements),
    avoided: sum(ticks, (tick) => tick.avoided),
    store: newest?.store ?? 'memory',
    memory: newest?.memory ?? null,
    memoryLimit: newest?.memoryLimit ?? null,
    clients: newest?.clients ?? null,
    pool: sum(healths, ({ pool }) => pool.size),
    inUse: sum(healths, ({ pool }) => pool.inUse),
    waiting: sum(healths, ({ pool }) => pool.waiting),
    down: [
      ...(healths.some(({ database }) => !database) ? ['PostgreSQL'] : []),
      ...(healths.some(({ cacheTrouble }) => cacheTrouble !== null) ? ['Cache'] : []),
    ],
  }
}

function minuteOf(slots: Slots, now: number): Moment {
  const last = slots.filter(([tick]) => tick !== undefined && tick.at >= now - 60_000).slice(-slotsOfMinute)
  const seconds = last.reduce((sum, ticks) => sum + secondsOf(ticks), 0)
  return momentOf(last.flat(), last[0]?.[0]?.at ?? now, Math.max(1, seconds))
}

function secondsOf(ticks: readonly Tick[]): number {
  return Math.max(1, ...ticks.map(({ seconds }) => seconds))
}

function latestOfEach(ticks: readonly Tick[]): Tick[] {
  const latest = new Map<string, Tick>()
  for (const tick of ticks) {
    const known = latest.get(tick.instance.id)
    if (known === undefined || known.at < tick.at) latest.set(tick.instance.id, tick)
  }
  return [...latest.values()]
}

/** Redis counts since its start, so a count that fell is one that began anew. */
function droppedIn(ticks: readonly Tick[]): number {
  const counts = ticks.flatMap(({ health }) => (health === null ? [] : [health.dropped]))
  return Math.max(0, (counts.at(-1) ?? 0) - (counts[0] ?? 0))
}

function kindsOf(ticks: readonly Tick[], entries: ReadonlyMap<string, number> | null): State['kinds'] {
  const sums = new Map<string, KindCounts>()
  for (const { kinds } of ticks) {
    for (const [kind, counts] of Object.entries(kinds)) {
      const sum = sums.get(kind) ?? { hits: 0, misses: 0, bypasses: 0, evictions: 0 }
      sum.hits += counts.hits
      sum.misses += counts.misses
      sum.bypasses += counts.bypasses
      sum.evictions += counts.evictions
      sums.set(kind, sum)
    }
  }
  const reads = ({ hits, misses, bypasses }: KindCounts): number => hits + misses + bypasses
  return [...sums]
    .toSorted(([, one], [, other]) => reads(other) - reads(one))
    .map(([kind, counts]) => ({ kind, ...counts, entries: entries === null ? null : (entries.get(kind) ?? 0) }))
}

function operationsOf(ticks: readonly Tick[]): OperationRow[] {
  const sums = new Map<string, OperationCounts>()
  for (const { operations } of ticks) {
    for (const [name, counts] of Object.entries(operations)) {
      const sum = sums.get(name) ?? { requests: 0, latency: {}, most: 0, statements: 0 }
      sum.requests += counts.requests
      sum.most = Math.max(sum.most, counts.most)
      sum.statements += counts.statements
      addLatency(sum.latency, counts.latency)
      sums.set(name, sum)
    }
  }
  return [...sums]
    .map(([name, { latency, ...counts }]) => ({
      name,
      ...counts,
      p50: percentile(latency, 50),
      p99: percentile(latency, 99),
    }))
    .toSorted((one, other) => (other.p99 ?? 0) - (one.p99 ?? 0))
    .slice(0, mostOperations)
}

/** Those that told something lately. */
function instancesOf(ticks: readonly Tick[], now: number): Instance[] {
  return latestOfEach(ticks)
    .filter(({ at }) => at > now - 6 * slotMs)
    .map(({ instance }) => instance)
    .toSorted((one, other) => one.name.localeCompare(other.name))
}

/** What was evicted, newest first. What a relay evicted after a mutation had, or before it could, is told once. */
export function evictionsOf(ticks: readonly Tick[]): State['evictions'] {
  const all = ticks.flatMap(({ instance, evictions }) =>
    evictions.map((each) => ({ ...each, instance: instance.name })),
  )
  const told = new Set(all.flatMap(({ by, ids }) => (by === 'outside' ? [] : ids)))
  return all
    .filter(({ by, ids }) => by !== 'outside' || ids.length === 0 || ids.some((id) => !told.has(id)))
    .toSorted((one, other) => other.at - one.at)
}
