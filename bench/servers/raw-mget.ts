import { Redis } from 'ioredis'
import { connectRows } from './catalog/rows.ts'
import { environment } from './environment.ts'
import type { ReadAll } from './raw/answers.ts'
import { readRows } from './raw/read-rows.ts'
import { answerFrom, serve } from './raw/serve.ts'

// the limit for a query that is new: one MGET a level, and JSON

// a limit is what costs least: to gather commands spares Redis, and costs this process up to a quarter more
const redis = new Redis(environment.redisUrl)
const readThrough = readRows(connectRows(environment.databaseUrl).load)

const read: ReadAll = async (wanted) => {
  if (wanted.length === 0) return []
  const keys = wanted.map(([kind, id]) => `${kind}:${id}`)
  const values = (await redis.mget(keys)).map((text) => (text === null ? undefined : (JSON.parse(text) as unknown)))
  const missing = wanted.filter((_each, i) => values[i] === undefined)
  if (missing.length === 0) return values
  const loaded = await readThrough(missing)
  await redis.mset(missing.flatMap(([kind, id], i) => [`${kind}:${id}`, JSON.stringify(loaded[i] ?? null)]))
  let next = 0
  return values.map((value) => (value === undefined ? loaded[next++] : value))
}

serve((body) => answerFrom(read, body))
