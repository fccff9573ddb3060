import { Counter, Gauge, type Registry } from 'prom-client'
import type { Handlers } from './handlers.ts'

/** How things were when they were last looked at. What could not be learned keeps no value. */
export function sampleMetrics(register: Registry): Handlers {
  const registers = [register]
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const trusted = gauge(
    'larder_cache_trusted',
    'Whether this instance may rely on being told of every change; while it may not, reads go to the database.',
  )
  const reachable = gauge(
    'larder_cache_reachable',
    'Whether the store is used: 0 while Redis does not answer, the breaker is open, or it is the wrong server.',
  )
  const redisUp = gauge('larder_redis_up', 'Whether Redis answered when it was last asked for its state.')
  const redis = {
    usedBytes: gauge('larder_redis_memory_used_bytes', 'Memory that Redis uses, all primaries added up.'),
    maxBytes: gauge('larder_redis_memory_max_bytes', 'Memory that Redis may use; 0 for no limit.'),
    connections: gauge('larder_redis_connections', 'Connections to Redis, from whoever.'),
  }
  const evictedKeys = new Counter({
    name: 'larder_redis_evicted_keys_total',
    help: 'Keys that Redis dropped to make room since it started.',
    registers,
  })
  const connections = new Gauge({
    name: 'larder_sql_pool_connections',
    help: 'Connections to PostgreSQL, by pool: in_use, and max, which it may have.',
    labelNames: ['pool', 'state'],
    registers,
  })
  const waiting = new Gauge({
    name: 'larder_sql_pool_waiting',
    help: 'Requests for a connection that wait for one, by pool.',
    labelNames: ['pool'],
    registers,
  })
  const outboxRows = gauge('larder_outbox_rows', 'Changed rows whose eviction is not confirmed yet, up to 10001.')
  const outboxAge = gauge('larder_outbox_oldest_seconds', 'Age of the oldest row in the outbox; 0 without any.')

  return {
    sample(sample) {
      trusted.set(Number(sample.cache.trusted))
      reachable.set(Number(sample.cache.trouble === null))
      if (sample.cache.store === 'redis') {
        redisUp.set(Number(sample.redis !== null))
        redis.usedBytes.set(sample.redis?.usedBytes ?? NaN)
        redis.maxBytes.set(sample.redis?.maxBytes ?? NaN)
        redis.connections.set(sample.redis?.connections ?? NaN)
        if (sample.redis !== null) {
          evictedKeys.reset()
          evictedKeys.inc(sample.redis.evictedKeys)
        }
      }
      for (const [pool, { size, inUse, waiting: queue }] of Object.entries(sample.pools)) {
        connections.set({ pool, state: 'max' }, size)
        connections.set({ pool, state: 'in_use' }, inUse)
        waiting.set({ pool }, queue)
      }
      outboxRows.set(sample.outbox?.depth ?? NaN)
      outboxAge.set(sample.outbox === null ? NaN : sample.outbox.oldestMs / 1000)
    },
  }
}
