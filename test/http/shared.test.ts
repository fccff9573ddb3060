import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Counters } from '../../src/http/rate-limit.ts'
import { persistedOperations } from '../../src/graphql/operations.ts'
import { connectSharedValues, type SharedValues } from '../../src/redis/shared-values.ts'
import { testRedis } from '../setup/index.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()

describe.skipIf(redis === null)('what instances share in Redis', () => {
  let values: SharedValues[]

  beforeAll(async () => {
    values = [1, 2].map(() => connectSharedValues({ is: 'server', url: redis?.url ?? '' }, redis?.prefix ?? ''))
    // until a connection stands, nothing is found and nothing is stored
    for (const each of values) await until(async () => (await each.add(new Map([['probe', 1]]), 60_000)).size > 0)
  })
  afterAll(() => {
    for (const each of values) each.close()
  })

  it('an operation that one has been sent is known to the other', async () => {
    const [one, other] = values.map((each) => persistedOperations(each))
    const key = `apq:${createHash('sha256').update('{ __typename }').digest('hex')}`
    expect(await other?.get(key)).toBeUndefined()
    await one?.set(key, '{ __typename }')
    expect(await other?.get(key)).toBe('{ __typename }')
    await one?.set('apq:long', `{ __typename ${' '.repeat(20_000)}}`)
    expect(await one?.get('apq:long')).toBeUndefined()
  })

  it('requests are counted here at once, and added up without a request waiting for it', async () => {
    const now = 1_000_000_060_000
    const [one, other] = values.map((each) => new Counters((counts, ttlMs) => each.add(counts, ttlMs)))
    for (let i = 0; i < 5; i += 1) one?.count('ada', now)
    expect(other?.count('ada', now)).toEqual({ current: 1, ttl: 20_000 })
    await one?.reconcile()
    await other?.reconcile()
    expect(other?.count('ada', now).current).toBe(7)
    expect(one?.count('ada', now).current).toBe(6)
    await other?.reconcile()
    await one?.reconcile()
    expect(one?.count('ada', now).current).toBe(9)
    expect(one?.count('bo', now).current).toBe(1)
    expect(one?.count('ada', now + 40_000)).toEqual({ current: 1, ttl: 40_000 })
  })

  it('without Redis everything goes on, each instance for itself', async () => {
    const nowhere = connectSharedValues({ is: 'server', url: 'redis://127.0.0.1:1' }, 'nowhere')
    const operations = persistedOperations(nowhere)
    await operations.set('apq:1', '{ a }')
    expect(await operations.get('apq:1')).toBe('{ a }')
    const counters = new Counters((counts, ttlMs) => nowhere.add(counts, ttlMs))
    counters.count('ada', 0)
    await counters.reconcile()
    expect(counters.count('ada', 0).current).toBe(2)
    nowhere.close()
  })
})
