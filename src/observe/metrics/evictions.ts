import { Counter, Histogram, type Registry } from 'prom-client'
import { kept, type Handlers } from './handlers.ts'

/** What was held and evicted, and how soon. */
export function evictionMetrics(register: Registry): Handlers {
  const registers = [register]
  const uncertain = new Counter({
    name: 'larder_cache_uncertain_keys_total',
    help: 'Keys of which it is not certain that they were held or evicted; an eviction is tried again.',
    labelNames: ['operation'],
    registers,
  })
  const perKind = (
    operation: 'hold' | 'evict',
    name: string,
    help: string,
  ): ((event: { keys: readonly string[]; failed: number }) => void) => {
    const counter = new Counter({ name, help, labelNames: ['kind'], registers })
    const childOf = kept((kind) => counter.labels(kind))
    const failures = uncertain.labels(operation)
    failures.inc(0)
    return ({ keys, failed }) => {
      for (const key of keys) childOf(kindOf(key)).inc()
      failures.inc(failed)
    }
  }
  const lags = new Histogram({
    name: 'larder_cache_eviction_lag_seconds',
    help: 'From the commit of a change to the eviction of what it touches. By the relay: from the beginning of its transaction.',
    labelNames: ['by'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const rows = new Counter({
    name: 'larder_changed_rows_total',
    help: 'Changed rows whose keys were evicted, by table.',
    labelNames: ['table', 'by'],
    registers,
  })
  return {
    hold: perKind(
      'hold',
      'larder_cache_holds_total',
      'Keys held by writes before their commit. The kind group stands for lists, generation for whole kinds.',
    ),
    evict: perKind(
      'evict',
      'larder_cache_evictions_total',
      'Keys evicted. The kind group stands for lists, generation for whole kinds.',
    ),
    eviction({ by, lagMs, causes }) {
      lags.observe({ by }, lagMs / 1000)
      for (const { change } of causes) rows.inc({ table: change.entity, by })
    },
  }
}

/** The second part of a key names its kind. */
function kindOf(key: string): string {
  const from = key.indexOf(':') + 1
  return key.slice(from, key.indexOf(':', from))
}
