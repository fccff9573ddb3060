import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from './address.ts'

/**
 * Small things that instances share in Redis besides the cache. Nothing depends on them: where Redis does not answer,
 * nothing is found and nothing is stored.
 */
export interface SharedValues {
  get(name: string): Promise<string | null>
  set(name: string, value: string, ttlMs: number): Promise<void>
  /** Adds to counters, and answers with what they have come to; without those of which that is not known. */
  add(counts: ReadonlyMap<string, number>, ttlMs: number): Promise<Map<string, number>>
  close(): void
}

const options: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1000,
  commandTimeout: 200,
  retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000),
}

/**
 * Connects to Redis. The prefix keeps two catalogs apart; a full stop behind it, which no prefix can hold, keeps these keys
 * apart from those of the cache.
 */
export function connectSharedValues(address: RedisAddress, prefix: string): SharedValues {
  const redis = connect(address)
  // it reconnects by itself, and whoever asks meanwhile is told nothing
  redis.on('error', () => {})
  const key = (name: string) => `${prefix}.${name}`
  return {
    get: (name) => redis.get(key(name)).catch(() => null),
    async set(name, value, ttlMs) {
      await redis.set(key(name), value, 'PX', ttlMs).catch(() => {})
    },
    async add(counts, ttlMs) {
      const sums = await Promise.all(
        [...counts].map(async ([name, count]) => {
          const [sum] = await Promise.all([redis.incrby(key(name), count), redis.pexpire(key(name), ttlMs)]).catch(
            () => [null],
          )
          return [name, sum] as const
        }),
      )
      return new Map(sums.flatMap(([name, sum]) => (sum === null ? [] : [[name, sum] as const])))
    },
    close: () => redis.disconnect(),
  }
}

function connect(address: RedisAddress): Redis | Cluster {
  switch (address.is) {
    case 'server':
      return new Redis(address.url, options)
    case 'cluster':
      return new Cluster([...address.urls], { redisOptions: options, enableOfflineQueue: false })
    case 'sentinels': {
      const { is: _, sentinels, tls, ...named } = address
      return new Redis({
        ...options,
        ...named,
        sentinels: [...sentinels],
        ...(tls ? { tls: {}, enableTLSForSentinelMode: true } : {}),
      })
    }
  }
}
