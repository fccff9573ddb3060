import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisStore, type RedisStoreOptions, type Store } from '../../src/cache/index.ts'
import { testRedis } from '../setup/index.ts'
import { startRedis, type TestRedis } from '../setup/redis-server.ts'

const key = 'larder:thing:1'

describe.skipIf(testRedis() === null)('a Redis that is full and evicts nothing', () => {
  let server: TestRedis
  let client: Redis
  let store: Store

  beforeEach(async () => {
    server = await startRedis(['--maxmemory-policy', 'noeviction'])
    client = new Redis(server.url)
  })
  afterEach(async () => {
    await store.close()
    client.disconnect()
    await server.stop()
  })

  async function open(options: Partial<RedisStoreOptions> = {}): Promise<void> {
    store = redisStore({ url: server.url, readTimeoutMs: 10_000, writeTimeoutMs: 10_000, ...options })
    await store.ready
  }

  /** Stores until nothing more is taken, and so much that what a connection gives back makes no room. */
  async function fill(): Promise<void> {
    await client.config('SET', 'maxmemory', '8mb')
    const refused = async (): Promise<unknown> => {
      for (let i = 0; ; i += 1) {
        const refusal = await client.set(`filler:${i}`, 'x'.repeat(100_000)).catch((error: unknown) => error)
        if (refusal !== 'OK') return refusal
      }
    }
    expect(String(await refused())).toContain('OOM')
    await client.config('SET', 'maxmemory', '4mb')
    expect(String(await refused())).toContain('OOM')
  }

  it('is read from while somebody vouches for it', async () => {
    await open({ vouching: 'always' })
    await fill()
    await store.vouch(60_000)
    expect((await store.read([key])).lives).not.toContain(null)
  })

  it('goes on telling what has changed, also where it has lost the count', async () => {
    await open()
    await fill()
    await client.del('larder:change-count')
    await store.read([key])
    expect((await store.read([key])).moment).not.toBeNull()
  })

  it('begins a new life', async () => {
    await open()
    await fill()
    await store.renew()
    expect((await store.read([key])).lives).not.toContain(null)
  })
})
