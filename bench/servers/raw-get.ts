import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { connectRows } from './catalog/rows.ts'
import { environment } from './environment.ts'
import { readRows } from './raw/read-rows.ts'
import { answerFrom, serve } from './raw/serve.ts'

// the limit for a query that was asked before: one GET of the finished body

// a limit is what costs least: to gather commands spares Redis, and costs this process up to a quarter more
const redis = new Redis(environment.redisUrl)
const read = readRows(connectRows(environment.databaseUrl).load)

serve(async (body) => {
  const key = createHash('sha1').update(body).digest('base64')
  const finished = await redis.getBuffer(key)
  if (finished !== null) return finished
  const answer = await answerFrom(read, body)
  await redis.set(key, answer)
  return answer
})
