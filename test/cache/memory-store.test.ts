import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/cache/index.ts'
import type { Store } from '../../src/cache/store.ts'
import { newToken } from '../../src/cache/tokens.ts'

async function put(store: Store, key: string, json = 'true', ttlMs = 60_000): Promise<void> {
  const lease = newToken()
  await store.apply([{ do: 'acquire', key, token: lease, outdated: '', leaseMs: 60_000 }])
  await store.apply([{ do: 'fill', key, lease, value: { is: 'value', token: newToken(), stamps: 's', json }, ttlMs }])
}

async function kept(store: Store, keys: readonly string[]): Promise<string[]> {
  const { values } = await store.read(keys)
  return keys.filter((_, i) => values[i] !== null)
}

describe('the in-process store', () => {
  it('keeps no more entries than it may, and lets go what was not used for longest', async () => {
    const store = memoryStore({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await put(store, key)
    await store.read(['a'])
    await put(store, 'd')
    expect(await kept(store, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
  })

  it('keeps no more bytes than it may', async () => {
    const store = memoryStore({ maxBytes: 10_000 })
    for (const key of ['a', 'b', 'c']) await put(store, key, JSON.stringify('x'.repeat(1900)))
    expect(await kept(store, ['a', 'b', 'c'])).toEqual(['b', 'c'])
    await put(store, 'huge', JSON.stringify('x'.repeat(6000)))
    expect(await kept(store, ['a', 'b', 'c', 'huge'])).toEqual([])
  })

  it('lets a value, a lease and a hold go when their time is up, and not before', async () => {
    let now = 0
    const store = memoryStore({ now: () => now })
    await put(store, 'value', 'true', 100)
    await store.apply([{ do: 'acquire', key: 'lease', token: newToken(), outdated: '', leaseMs: 100 }])
    await store.apply([{ do: 'hold', key: 'hold', writer: 'w', holdMs: 100 }])
    now = 99
    expect(await kept(store, ['value', 'lease', 'hold'])).toEqual(['value', 'lease', 'hold'])
    now = 100
    expect(await kept(store, ['value', 'lease', 'hold'])).toEqual([])
  })
})
