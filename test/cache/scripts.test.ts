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
      fc.asyncProperty(state, fc.array(transition, { minLength: 1, maxLength: 8 }), async (first, transitions) => {
        const key = `${prefix}:equivalence:${(keys += 1)}`
        const raw = encode(first)
        if (raw !== null) await client.set(key, raw, 'PX', 10 * long)
        let model = first
        for (const each of transitions) {
          const step = stepOf(model, Date.now(), { ...each, key })
          const [outcome] = await store.apply([{ ...each, key }])
          expect(each.do === 'mint' ? comparable(outcome as State) : outcome).toEqual(
            each.do === 'mint' ? comparable(step.outcome as State) : step.outcome,
          )
          model = step.state
          expect(comparable(decode(await client.get(key)))).toEqual(comparable(model))
          // nothing stands without an end
          if (model.is !== 'absent') expect(await client.pttl(key)).toBeGreaterThan(0)
        }
      }),
      { numRuns: 400 },
    )
  })
})

/** Deadlines agree to within some seconds, since two clocks make them; what is past its deadline is gone. */
function comparable(found: State | null): unknown {
  if (found?.is !== 'hold') return found
  const living = [...found.holders].filter(([, deadline]) => deadline > Date.now())
  if (living.length === 0) return absent
  return { is: 'hold', holders: living.map(([name, at]) => [name, Math.round((at - now) / 20_000)]).toSorted() }
}
