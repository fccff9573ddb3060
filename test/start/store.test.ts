import { describe, expect, it } from 'vitest'
import { createCache, shape, text, type Store } from '../../src/cache/index.ts'
import { readConfig } from '../../src/config.ts'
import { openStore } from '../../src/start/store.ts'
import { testRedis } from '../setup/index.ts'
import { patient } from '../setup/patient.ts'

const redis = testRedis()

const open = (environment: Readonly<Record<string, string>>): Promise<Store> =>
  openStore(
    readConfig(environment),
    'origin',
    () => Promise.resolve('epoch'),
    () => {},
  )

it('without Redis a store keeps as many entries, and takes as much memory, as is configured', async () => {
  const store = await open({ LARDER_MEMORY_ENTRIES: '1234', LARDER_MEMORY_MB: '3' })
  expect(store.describe()).toBe('in-process store (up to 1,234 entries)')
  expect(store.usage()).toEqual({ bytes: 0, maxBytes: 3 * 1024 * 1024 })
})

describe.skipIf(redis === null)('a Redis', () => {
  it('is copied into as much memory of the process as is configured', async () => {
    const prefix = redis?.prefix ?? ''
    const store = await open({
      REDIS_URL: redis?.url ?? '',
      LARDER_CACHE_PREFIX: prefix,
      LARDER_MEMORY_MB: '1',
      ...patient,
    })
    const cache = createCache({ store, prefix })
    const things = cache.kind<number, string>({
      name: 'thing',
      shape: shape(1, text),
      key: (id) => [String(id)],
      load: (ids) => Promise.resolve(ids.map(() => 'x'.repeat(50_000))),
    })
    const isCopied = (id: number): boolean => store.near?.copy(things.key(id), performance.now()) !== undefined
    await things.read([0])
    await things.read([1])
    expect(isCopied(1)).toBe(true)
    for (let id = 2; id < 15; id += 1) await things.read([id])
    expect([isCopied(1), isCopied(14)]).toEqual([false, true])
    await cache.close()
  })

  it('that does not have the database whose number its url ends in is refused', async () => {
    await expect(open({ REDIS_URL: `${redis?.url}/9999` })).rejects.toThrow(
      'REDIS_URL must end in the number of a database that its server has, but Redis says: ERR DB index is out of range.',
    )
  })
})
