import { Counter, Histogram, type Registry } from 'prom-client'
import { kept, type Handlers } from './handlers.ts'

/** What became of the entries of each kind that were read. */
export function entryMetrics(register: Registry): Handlers {
  const registers = [register]
  const perKind = (name: string, help: string): ((event: { kind: string; count: number }) => void) => {
    const counter = new Counter({ name, help, labelNames: ['kind'], registers })
    const childOf = kept((kind) => counter.labels(kind))
    return ({ kind, count }) => childOf(kind).inc(count)
  }
  const bypasses = new Counter({
    name: 'larder_cache_bypasses_total',
    help: 'Entries read from the database and not stored, by reason.',
    labelNames: ['kind', 'reason'],
    registers,
  })
  const loads = new Histogram({
    name: 'larder_cache_load_duration_seconds',
    help: 'Loads from the database, one SQL statement each, with the wait for a connection.',
    labelNames: ['kind'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  return {
    outdated: perKind(
      'larder_cache_outdated_total',
      'Kept responses and parts that were asked for, and were built from what has been replaced or has expired.',
    ),
    hit: perKind('larder_cache_hits_total', 'Entries served from the store.'),
    negative: perKind('larder_cache_negative_hits_total', 'Known absences served from the store.'),
    miss: perKind('larder_cache_misses_total', 'Entries loaded from the database under a lease.'),
    join: perKind('larder_cache_joins_total', 'Entries that shared the load of another read in this process.'),
    wait: perKind('larder_cache_waits_total', 'Entries that waited for the load of another process.'),
    fill: perKind('larder_cache_fills_total', 'Entries stored after they were loaded.'),
    lostFill: perKind(
      'larder_cache_lost_fills_total',
      'Entries loaded and not stored: a write came first, or the store did not answer.',
    ),
    corrupt: perKind('larder_cache_corrupt_entries_total', 'Entries in the store that are not of our making.'),
    bypass: ({ kind, reason, count }) => bypasses.inc({ kind, reason }, count),
    load: ({ kind, ms }) => loads.observe({ kind }, ms / 1000),
  }
}
