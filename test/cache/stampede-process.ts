import { Redis } from 'ioredis'
import { createCache, int, object, redisStore, shape } from '../../src/cache/index.ts'

// One of several processes that want the same cold entry at the same moment. Its load is counted, and waits for the test.
const [url = '', prefix = '', reads = '1', leaseMs = '60000'] = process.argv.slice(2)
const redis = new Redis(url)
const store = redisStore({ url, prefix, readTimeoutMs: 20_000, writeTimeoutMs: 20_000 })
await store.ready
let looked = false
const cache = createCache({
  store,
  prefix,
  waitMs: 60_000,
  leaseMs: Number(leaseMs),
  listener(event) {
    if (event.type === 'command' && event.operation === 'read' && !looked) {
      looked = true
      console.log('looked')
    }
  },
})
const things = cache.kind<number, { id: number }>({
  name: 'thing',
  shape: shape(1, object({ id: int })),
  key: (id) => [String(id)],
  async load(ids) {
    await redis.incr(`${prefix}-loads`)
    await redis.rpush(`${prefix}-loading`, String(process.pid))
    await redis.blpop(`${prefix}-gate`, 0)
    return ids.map((id) => ({ id }))
  },
})
console.log('ready')
process.stdin.once('data', () => void stampede())

async function stampede(): Promise<void> {
  const answers = await Promise.all(Array.from({ length: Number(reads) }, () => things.read([7])))
  console.log(`answers ${answers.filter(([answer]) => JSON.stringify(answer) === '{"id":7}').length}`)
  await cache.close()
  redis.disconnect()
}
