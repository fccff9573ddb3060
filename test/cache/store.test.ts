import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode } from '../../src/cache/codec.ts'
import type { Store, Transition } from '../../src/cache/store.ts'
import type { Value } from '../../src/cache/state.ts'
import { newToken } from '../../src/cache/tokens.ts'
import { storesUnderTest, type StoreHarness } from './stores.ts'
import { until } from '../setup/until.ts'

const long = 60_000

function value(json = '{"a":1}'): Value {
  return { is: 'value', token: newToken(), stamps: 'stamps', json }
}

/** Waits for what the store's own clock decides. */
describe.each(storesUnderTest)('$name', (underTest) => {
  describe.skipIf(underTest.skip)('as a store', () => {
    let harness: StoreHarness
    let store: Store
    let other: Store
    let keys = 0

    beforeAll(async () => {
      harness = await underTest.start()
      store = await harness.open()
      // another process, where there can be one
      other = store.shared ? await harness.open() : store
    })
    afterAll(async () => {
      await store.close()
      await other.close()
      await harness.stop()
    })

    const newKey = (): string => `${harness.prefix}:thing:${(keys += 1)}`
    async function apply(transition: Transition, by = store): Promise<unknown> {
      const [outcome] = await by.apply([transition])
      return outcome
    }
    async function stateOf(key: string): Promise<unknown> {
      const { values } = await store.read([key])
      return decode(values[0] ?? null)
    }
    const acquire = (key: string, token = newToken(), outdated = '', leaseMs = long) =>
      ({ do: 'acquire', key, token, outdated, leaseMs }) as const
    const hold = (key: string, writer: string, holdMs = long) => ({ do: 'hold', key, writer, holdMs }) as const
    const evict = (key: string, writer: string | null) => ({ do: 'evict', key, writer }) as const

    it('grants a lease of an absent key to one reader, and tells the others which lease stands', async () => {
      const key = newKey()
      const tokens = [newToken(), newToken()] as const
      const outcomes = await Promise.all([apply(acquire(key, tokens[0])), apply(acquire(key, tokens[1]), other)])
      // two connections: either may come first
      const first = (outcomes[0] as { is: string }).is === 'granted' ? 0 : 1
      const lease = { is: 'lease', token: tokens[first] }
      expect(outcomes[first]).toEqual({ is: 'granted' })
      expect(outcomes[1 - first]).toEqual(lease)
      expect(await stateOf(key)).toEqual(lease)
    })

    it('stores a fill under its own lease, once', async () => {
      const key = newKey()
      const [lease, filled] = [newToken(), value()]
      await apply(acquire(key, lease))
      expect(await apply({ do: 'fill', key, lease: newToken(), value: value(), ttlMs: long })).toBe(false)
      expect(await apply({ do: 'fill', key, lease, value: filled, ttlMs: long })).toBe(true)
      expect(await apply({ do: 'fill', key, lease, value: value(), ttlMs: long })).toBe(false)
      expect(await stateOf(key)).toEqual(filled)
      expect(await apply(acquire(key), other)).toEqual({ is: 'value', value: filled })
    })

    it('grants a lease over the one value that its reader calls outdated', async () => {
      const key = newKey()
      const [lease, filled] = [newToken(), value()]
      await apply(acquire(key, lease))
      await apply({ do: 'fill', key, lease, value: filled, ttlMs: long })
      expect(await apply(acquire(key, newToken(), newToken()))).toEqual({ is: 'value', value: filled })
      expect(await apply(acquire(key, newToken(), filled.token))).toEqual({ is: 'granted' })
    })

    it('stores nothing for a reader whose lease a writer has replaced, however late it comes', async () => {
      const key = newKey()
      const lease = newToken()
      await apply(acquire(key, lease))
      await apply(hold(key, 'w'), other)
      expect(await apply({ do: 'fill', key, lease, value: value(), ttlMs: long })).toBe(false)
      await apply(evict(key, 'w'), other)
      expect(await apply({ do: 'fill', key, lease, value: value(), ttlMs: long })).toBe(false)
      expect(await stateOf(key)).toEqual({ is: 'absent' })
    })

    it('keeps readers out until the last of several writers has evicted', async () => {
      const key = newKey()
      await apply(hold(key, 'w1'))
      await apply(hold(key, 'w2'), other)
      expect(await apply(evict(key, 'w1'))).toBe(true)
      expect(await apply(acquire(key))).toEqual({ is: 'hold' })
      expect(await apply(evict(key, 'w2'), other)).toBe(true)
      expect(await apply(acquire(key))).toEqual({ is: 'granted' })
    })

    it('drops a writer past its own deadline, though another keeps the key held', async () => {
      const key = newKey()
      await apply(hold(key, 'dead', 1))
      await apply(hold(key, 'alive'))
      await until(async () => (await apply(evict(key, 'alive'))) === true)
      await until(async () => ((await apply(acquire(key))) as { is: string }).is === 'granted')
    })

    it('lets a hold be evicted for what happened elsewhere, without releasing its writers', async () => {
      const key = newKey()
      await apply(hold(key, 'w'))
      await apply(evict(key, null), other)
      expect(await apply(acquire(key))).toEqual({ is: 'hold' })
      await apply(evict(key, 'w'))
      await apply(acquire(key))
      expect(await apply(evict(key, null), other)).toBe(true)
      expect(await stateOf(key)).toEqual({ is: 'absent' })
    })

    it('ends a lease, a hold and a value when their time is up', async () => {
      const [leased, held, filled] = [newKey(), newKey(), newKey()]
      const lease = newToken()
      await apply(acquire(leased, newToken(), '', 1))
      await apply(hold(held, 'w', 1))
      await apply(acquire(filled, lease))
      await apply({ do: 'fill', key: filled, lease, value: value(), ttlMs: 1 })
      for (const key of [leased, held, filled]) {
        await until(async () => ((await apply(acquire(key))) as { is: string }).is === 'granted')
      }
    })

    it('gives a lease back unfilled to its own reader alone', async () => {
      const key = newKey()
      const lease = newToken()
      await apply(acquire(key, lease))
      expect(await apply({ do: 'release', key, lease: newToken() })).toBe(false)
      expect(await apply({ do: 'release', key, lease })).toBe(true)
      expect(await apply(acquire(key))).toEqual({ is: 'granted' })
    })

    it('mints a value once, and tells everybody the one that stands', async () => {
      const key = newKey()
      const [mine, theirs] = [value('true'), value('true')]
      const outcomes = await Promise.all([
        apply({ do: 'mint', key, value: mine, ttlMs: long }),
        apply({ do: 'mint', key, value: theirs, ttlMs: long }, other),
      ])
      expect(outcomes[0]).toEqual(outcomes[1])
      expect([mine, theirs]).toContainEqual(outcomes[0])
    })

    it('settles every key of a batch on its own', async () => {
      const [free, leased, held] = [newKey(), newKey(), newKey()]
      const lease = newToken()
      await apply(acquire(leased, lease))
      await apply(hold(held, 'w'))
      expect(await store.apply([free, leased, held].map((key) => acquire(key)))).toEqual([
        { is: 'granted' },
        { is: 'lease', token: lease },
        { is: 'hold' },
      ])
    })

    it('reads many keys in their order, absent and repeated ones included', async () => {
      const there = Array.from({ length: 200 }, newKey)
      await store.apply(there.map((key) => acquire(key)))
      const { values, lives } = await store.read([...there, newKey(), there[7] ?? ''])
      expect(values.slice(0, 200).every((raw) => raw?.startsWith('?'))).toBe(true)
      expect(values.slice(200)).toEqual([null, values[7]])
      expect(lives).toHaveLength(202)
      expect(lives).not.toContain(null)
    })

    it('keeps a value of a megabyte, and keys with any characters', async () => {
      for (const name of ['plain', 'blank and\nline', 'ключ', '{tag}x', '*?[]', 'a:b%3A']) {
        const key = `${newKey()}:${name}`
        const [lease, filled] = [newToken(), value(JSON.stringify('é'.repeat(500_000)))]
        await apply(acquire(key, lease))
        expect(await apply({ do: 'fill', key, lease, value: filled, ttlMs: long })).toBe(true)
        expect(await stateOf(key)).toEqual(filled)
      }
    })

    it('begins a new life when told to', async () => {
      const key = newKey()
      const before = (await store.read([key])).lives[0]
      await store.renew()
      const after = (await store.read([key])).lives[0]
      expect(after).not.toBeNull()
      expect((await other.read([key])).lives[0]).not.toBe(before)
      expect(after).not.toBe(before)
    })

    it('takes what is not its own as absent, and evicts it', async ({ skip }) => {
      if (harness.put === null) return skip('nobody else can reach the store')
      const [read, evicted] = [newKey(), newKey()]
      for (const key of [read, evicted]) await harness.put(key, 'not ours')
      expect(await stateOf(read)).toBeNull()
      expect(await apply(acquire(read))).toEqual({ is: 'granted' })
      await apply(evict(evicted, null))
      expect(await stateOf(evicted)).toEqual({ is: 'absent' })
    })
  })
})
