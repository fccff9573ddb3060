import { Counter, Histogram, type Registry } from 'prom-client'
import type { Handlers } from './handlers.ts'
import { kept } from './handlers.ts'

/** Requests to /graphql, and writes. */
export function requestMetrics(register: Registry): Handlers {
  const requests = new Counter({
    name: 'larder_graphql_requests_total',
    help: 'Requests to /graphql that were answered.',
    labelNames: ['operation', 'type', 'status'],
    registers: [register],
  })
  const durations = new Histogram({
    name: 'larder_graphql_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['operation', 'type'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  })
  const writes = new Counter({
    name: 'larder_writes_total',
    help: 'Writes that were answered. PENDING: before it was certain that nobody is served what they replaced.',
    labelNames: ['propagation'],
    registers: [register],
  })
  const writeDurations = new Histogram({
    name: 'larder_write_duration_seconds',
    help: 'From the beginning of a transaction to the eviction of what it changed.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [register],
  })
  for (const propagation of ['DONE', 'PENDING']) writes.inc({ propagation }, 0)

  const counted = kept((operation) =>
    kept((type) => ({
      duration: durations.labels(operation, type),
      count: kept((status) => requests.labels(operation, type, status)),
    })),
  )
  return {
    request({ operation, operationType, status, ms }) {
      const { duration, count } = counted(operation)(operationType)
      duration.observe(ms / 1000)
      count(String(status)).inc()
    },
    write({ propagation, ms }) {
      writes.inc({ propagation })
      writeDurations.observe(ms / 1000)
    },
  }
}
