import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/cache/codec.ts'
import { redisStore } from '../../src/cache/index.ts'
import { stepOf } from '../../src/cache/memory-store.ts'
import { absent, type State, type Value } from '../../src/cache/state.ts'
import type { Store, Transition } from '../../src/cache/store.ts'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()
const tokens = ['a', 'b', 'c'].map((letter) => letter.repeat(22))
const token = fc.constantFrom(...tokens)
const writer = fc.constantFrom('w1', 'w2', 'w3')
const long = 100_000
const now = Date.now()

const value: fc.Arbitrary<Value> = fc.record({
  is: fc.constant('value' as const),
  token,
  stamps: fc.constantFrom('s1', 's2'),
  json: fc.constantFrom('null', '{"a":1}', '"=?!\\n"'),
})
const state: fc.Arbitrary<State> = fc.oneof(
  fc.constant(absent),
  value,
  fc.record({ is: fc.constant('lease' as const), token }),
  fc
    .uniqueArray(fc.tuple(writer, fc.constantFrom(now - long, now + long)), {
      selector: ([name]) => name,
      minLength: 1,
    })
    .map((holders): State => ({ is: 'hold', holders: new Map(holders) })),
)
const transition: fc.Arbitrary<Transition> = fc.oneof(
  fc.record({
    do: fc.constant('acquire' as const),
    key: fc.constant(''),
    token,
    outdated: fc.oneof(fc.constant(''), token),
    leaseMs: fc.constant(long),
  }),
  fc.record({ do: fc.constant('fill' as const), key: fc.constant(''), lease: token, value, ttlMs: fc.constant(long) }),
  fc.record({ do: fc.constant('release' as const), key: fc.constant(''), lease: token }),
  fc.record({ do: fc.constant('mint' as const), key: fc.constant(''), value, ttlMs: fc.constant(long) }),
  fc.record({
    do: fc.constant('hold' as const),
    key: fc.constant(''),
    writer,
    holdMs: fc.constantFrom(long, 2 * long),
  }),
  fc.record({ do: fc.constant('evict' as const), key: fc.constant(''), writer: fc.option(writer) }),
)

describe.skipIf(redis === null)('the Lua scripts', () => {
  const { url, prefix } = redis ?? { url: '', prefix: '' }
  let client: Redis
  let store: Store
  let keys = 0

  beforeAll(async () => {
    client = new Redis(url)
    store = redisStore({ url, prefix, readTimeoutMs: 10_000, writeTimeoutMs: 10_000 })
    await store.ready
  })
  afterAll(async () => {
    client.disconnect()
    await store.close()
  })

  it('do in Redis what the pure transitions do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(state, { minLength: 1, maxLength: 3 }),
        fc.array(transition, { minLength: 1, maxLength: 8 }),
        async (first, transitions) => {
          // each transition of several keys at once, which what writers do sends in one script
          const entries = first.map((model) => ({ key: `${prefix}:equivalence:${(keys += 1)}`, model }))
          for (const { key, model } of entries) {
            const raw = encode(model)
            if (raw !== null) await client.set(key, raw, 'PX', 10 * long)
          }
          for (const each of transitions) {
            const steps = entries.map(({ key, model }) => stepOf(model, Date.now(), { ...each, key }))
            const outcomes = await store.apply(entries.map(({ key }) => ({ ...each, key })))
            const told = (all: readonly unknown[]): unknown =>
              each.do === 'mint' ? all.map((one) => comparable(one as State)) : all
            expect(told(outcomes)).toEqual(told(steps.map(({ outcome }) => outcome)))
            for (const [i, entry] of entries.entries()) {
              entry.model = steps[i]?.state ?? absent
              expect(comparable(decode(await client.get(entry.key)))).toEqual(comparable(entry.model))
              // nothing stands without an end, and no hold ends before its last holder does
              if (entry.model.is === 'absent') continue
              const deadlines = entry.model.is === 'hold' ? [...entry.model.holders.values()] : []
              const leastMs = Math.max(Date.now(), ...deadlines) - Date.now() - 10_000
              expect(await client.pttl(entry.key)).toBeGreaterThan(Math.max(0, leastMs))
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keep apart what several writers do at the same time, and for how long each holds', async () => {
    const [one, two] = [`${prefix}:apart:1`, `${prefix}:apart:2`]
    const holders = async (key: string): Promise<unknown> => comparable(decode(await client.get(key)))
    const held = (holder: string, ms: number) => ({
      is: 'hold',
      holders: [[holder, Math.round((Date.now() + ms - now) / 20_000)]],
    })
    await store.apply([
      { do: 'hold', key: one, writer: 'w1', holdMs: long },
      { do: 'hold', key: two, writer: 'w1', holdMs: 2 * long },
    ])
    expect([await holders(one), await holders(two)]).toEqual([held('w1', long), held('w1', 2 * long)])
    await store.apply([
      { do: 'hold', key: one, writer: 'w1', holdMs: long },
      { do: 'hold', key: two, writer: 'w2', holdMs: 2 * long },
    ])
    expect(
      await store.apply([
        { do: 'evict', key: one, writer: 'w1' },
        { do: 'evict', key: two, writer: 'w2' },
      ]),
    ).toEqual([true, true])
    expect([await holders(one), await holders(two)]).toEqual([absent, held('w1', 2 * long)])
  })

  it('forget the holders that never came back, once there are many', async () => {
    const key = `${prefix}:crowded`
    const gone = Array.from({ length: 200 }, (_, i): [string, number] => [`gone${i}`.padEnd(22, 'x'), now - long])
    const raw = encode({ is: 'hold', holders: new Map([...gone, ['w1', now + long]]) }) ?? ''
    await client.set(key, raw, 'PX', 10 * long)
    await store.apply([{ do: 'hold', key, writer: 'w2', holdMs: long }])
    const found = decode(await client.get(key))
    expect(found?.is === 'hold' && [...found.holders.keys()].toSorted()).toEqual(['w1', 'w2'])
  })

  it('count and list every key that a writer takes away, and none that was held already', async () => {
    const named = (name: string): string => `${prefix}:counted:${name}`
    const count = async (): Promise<number> => Number(await client.get(`${prefix}:change-count`))
    const many = Array.from({ length: 1200 }, (_, i) => named(String(i)))
    const before = await count()
    await store.apply([{ do: 'hold', key: named('held'), writer: 'w1', holdMs: long }])
    await store.apply([...many, named('held')].map((key) => ({ do: 'hold', key, writer: 'w2', holdMs: long })))
    await store.apply(many.map((key) => ({ do: 'evict', key, writer: 'w2' })))
    expect(await count()).toBe(before + 1201)
    expect(new Set(await client.lrange(`${prefix}:changes`, 0, 1200))).toEqual(new Set([...many, named('held')]))
    expect(await client.exists(...many)).toBe(0)
    expect(await client.exists(named('held'))).toBe(1)
  })
})

/** Deadlines agree to within some seconds, since two clocks make them; what is past its deadline is gone. */
function comparable(found: State | null): unknown {
  if (found?.is !== 'hold') return found
  const living = [...found.holders].filter(([, deadline]) => deadline > Date.now())
  if (living.length === 0) return absent
  return { is: 'hold', holders: living.map(([name, at]) => [name, Math.round((at - now) / 20_000)]).toSorted() }
}
