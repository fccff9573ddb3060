import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { readMemory, type RedisMemory } from './memory.ts'
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
  /** Adds a line to a log, of which about so many lines are kept; it goes when nobody has added to it for so long. */
  append(log: string, line: string, bounds: { readonly most: number; readonly ttlMs: number }): Promise<void>
  /** The lines after a place in the log, oldest first, each with its own place; null begins with the oldest. */
  read(log: string, after: string | null): Promise<readonly (readonly [place: string, line: string])[]>
  /** How much of its memory Redis uses, all primaries added up. */
  memory(): Promise<RedisMemory | null>
  close(): void
}

const options: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1000,
  commandTimeout: 200,
  // a server that was cut off closes no connection
  socketTimeout: 5000,
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
    async append(log, line, { most, ttlMs }) {
      const added = redis.xadd(key(log), 'MAXLEN', '~', most, '*', 'line', line)
      await Promise.all([added, redis.pexpire(key(log), ttlMs)]).catch(() => {})
    },
    read: (log, after) => readLog(redis, key(log), after),
    memory: () => readMemory(redis instanceof Cluster ? redis.nodes('master') : [redis]).catch(() => null),
    close: () => redis.disconnect(),
  }
}

const linesAtOnce = 200

/** A few lines at a time, so that no answer takes long. */
async function readLog(redis: Redis | Cluster, key: string, after: string | null): Promise<[string, string][]> {
  const lines: [string, string][] = []
  let last = after
  for (;;) {
    const from = last === null ? '-' : `(${last}`
    const found = await redis.xrange(key, from, '+', 'COUNT', linesAtOnce).catch(() => [])
    for (const [place, [, line = '']] of found) lines.push([place, line])
    if (found.length < linesAtOnce) return lines
    last = found.at(-1)?.[0] ?? last
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
