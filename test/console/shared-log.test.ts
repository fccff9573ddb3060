import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { connectSharedValues } from '../../src/redis/shared-values.ts'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()

describe.skipIf(redis === null)('the log that instances share in Redis', () => {
  it('keeps what was added in order, within bounds, and away from the keys of the cache', async () => {
    const { url, prefix } = redis!
    const client = new Redis(url)
    const shared = connectSharedValues({ is: 'server', url }, prefix)
    try {
      while ((await shared.get('x')) === null && (await client.exists(`${prefix}.console`)) === 0)
        await shared.append('console', 'first', { most: 300, ttlMs: 60_000 })
      const [first] = await shared.read('console', null)
      for (let i = 0; i < 1000; i += 1) await shared.append('console', `line ${i}`, { most: 300, ttlMs: 60_000 })
      const lines = await shared.read('console', first?.[0] ?? null)
      expect(lines.length).toBeGreaterThanOrEqual(300)
      expect(lines.length).toBeLessThan(500)
      expect(lines.at(-1)?.[1]).toBe('line 999')
      expect(await shared.read('console', lines.at(-1)?.[0] ?? null)).toEqual([])
      expect(await client.keys(`${prefix}*`)).toEqual([`${prefix}.console`])
      expect(await client.pttl(`${prefix}.console`)).toBeGreaterThan(0)
    } finally {
      shared.close()
      client.disconnect()
    }
  })

  it('is empty, and takes nothing, while Redis is away', async () => {
    const shared = connectSharedValues({ is: 'server', url: 'redis://127.0.0.1:1' }, 'test')
    await shared.append('console', 'line', { most: 10, ttlMs: 1000 })
    expect(await shared.read('console', null)).toEqual([])
    shared.close()
  })
})
