import type { Redis } from 'ioredis'
import { ttlSeconds } from '../environment.ts'
import type { Kind, Load, Rows } from './rows.ts'

/** Reads through Redis with one MGET, and stores what it had to load. */
export function cachedLoad(redis: Redis, load: Load): Load {
  return async <K extends Kind>(kind: K, ids: readonly number[]) => {
    if (ids.length === 0) return []
    const found = await redis.mget(ids.map((id) => `${kind}:${id}`))
    const values = found.map((text) => (text === null ? undefined : (JSON.parse(text) as Rows[K] | null)))
    const missing = ids.filter((_id, i) => values[i] === undefined)
    if (missing.length === 0) return values as (Rows[K] | null)[]
    const loaded = await load(kind, missing)
    const storing = redis.pipeline()
    for (const [i, value] of loaded.entries())
      storing.set(`${kind}:${missing[i]}`, JSON.stringify(value), 'EX', ttlSeconds)
    await storing.exec()
    let next = 0
    return values.map((value) => (value === undefined ? (loaded[next++] ?? null) : value))
  }
}
