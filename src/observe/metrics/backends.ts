import { Counter, Histogram, type Registry } from 'prom-client'
import { kept, type Handlers } from './handlers.ts'

/** What was asked of the store and of the database, and how long they took. */
export function backendMetrics(register: Registry): Handlers {
  const registers = [register]
  const commands = new Histogram({
    name: 'larder_cache_command_duration_seconds',
    help: 'Round trips to the store, to Redis or in the process, by operation.',
    labelNames: ['operation'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  const commandErrors = new Counter({
    name: 'larder_cache_command_errors_total',
    help: 'Round trips that the store did not answer, or refused in part, by operation.',
    labelNames: ['operation'],
    registers,
  })
  const total = (name: string, help: string): Counter => new Counter({ name, help, registers })
  const readKeys = total('larder_cache_read_keys_total', 'Keys asked of the store, generations included.')
  const readBytes = total('larder_cache_read_bytes_total', 'Read from the store, one byte counted for each character.')
  const writtenEntries = total('larder_cache_written_entries_total', 'Entries sent to the store to be filled.')
  const writtenBytes = total('larder_cache_written_bytes_total', 'JSON sent to the store, a byte for each character.')
  const statements = new Histogram({
    name: 'larder_sql_statement_duration_seconds',
    help: 'SQL statements, from their sending to their answer, by the pool of connections.',
    labelNames: ['pool'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const failedStatements = new Counter({
    name: 'larder_sql_statement_errors_total',
    help: 'SQL statements that failed, by the pool of connections.',
    labelNames: ['pool'],
    registers,
  })
  for (const pool of ['read', 'write']) failedStatements.inc({ pool }, 0)

  const duration = kept((operation) => commands.labels(operation))
  return {
    command({ operation, keys, bytes, ms }) {
      duration(operation).observe(ms / 1000)
      if (operation === 'read') {
        readKeys.inc(keys)
        readBytes.inc(bytes)
      } else if (operation === 'fill') {
        writtenEntries.inc(keys)
        writtenBytes.inc(bytes)
      }
    },
    error: ({ operation }) => commandErrors.inc({ operation }),
    statement({ pool, ms, failed }) {
      statements.observe({ pool }, ms / 1000)
      if (failed) failedStatements.inc({ pool })
    },
  }
}
