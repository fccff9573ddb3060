import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { awaitDelivery, ofTransaction } from '../../src/database/await-delivery.ts'
import type { OutboxRow } from '../../src/database/outbox.ts'
import { startRelay, type Relay, type RelayOptions } from '../../src/database/relay.ts'
import { connectWriter } from '../../src/database/writer.ts'
import { testDatabase } from '../setup/index.ts'
import { startProxy } from '../setup/proxy.ts'
import { until } from '../setup/until.ts'

/** One of the instances on a database, with a cache that answers or does not. */
interface Instance {
  readonly relay: Relay
  readonly delivered: OutboxRow[]
  cacheAnswers: boolean
  trusts: boolean
}

const { url, client } = await testDatabase()
const database = connectWriter({ url })
const instances: Instance[] = []

beforeEach(async () => {
  await client.query('DELETE FROM outbox; DELETE FROM instance')
  await longAgoStarted()
})
afterEach(async () => {
  for (const { relay } of instances.splice(0)) await relay.stop()
})

/** What stands in the table is believed only once the server has run for a while; the tests' has. */
async function longAgoStarted(): Promise<void> {
  await until(async () => {
    const { rows } = await client.query<{ old: boolean }>(
      `SELECT pg_postmaster_start_time() < clock_timestamp() - interval '10 seconds' AS old`,
    )
    return rows[0]?.old === true
  })
}

async function start(name: string, options: Partial<RelayOptions> = {}): Promise<Instance> {
  const instance: Instance = {
    delivered: [],
    cacheAnswers: true,
    trusts: false,
    relay: startRelay({
      url,
      mode: 'shared',
      id: `${name}-${randomUUID()}`,
      pollMs: 20,
      reachable: () => instance.cacheAnswers,
      deliver: (rows) => {
        instance.delivered.push(...rows)
        return Promise.resolve([])
      },
      onTrust: () => Promise.resolve(void (instance.trusts = true)),
      onDistrust: () => Promise.resolve(void (instance.trusts = false)),
      ...options,
    }),
  }
  instances.push(instance)
  await instance.relay.started
  return instance
}

async function change(entity: string): Promise<string> {
  const { rows } = await client.query<{ transaction: string }>(
    `INSERT INTO outbox (transaction_id, entity) VALUES (pg_current_xact_id()::text::bigint, $1) RETURNING transaction_id::text AS transaction`,
    [entity],
  )
  return rows[0]?.transaction ?? ''
}

const modeOf = async (name: string): Promise<string | undefined> =>
  (await client.query<{ mode: string }>('SELECT mode FROM instance WHERE id LIKE $1', [`${name}-%`])).rows[0]?.mode

const delivery = (transaction: string, timeoutMs: number, isTrusted = false): Promise<'delivered' | 'pending'> =>
  awaitDelivery(database, ofTransaction(transaction), {
    instance: 'the writer',
    isEvicted: false,
    isTrusted: () => isTrusted,
    timeoutMs,
  })

describe('instances that share a cache', () => {
  it('record that they read through it before they do', async () => {
    let recorded: string | undefined
    await start('a', { onTrust: async () => void (recorded = await modeOf('a')) })
    expect(recorded).toBe('trusting')
  })

  it('stop trusting it before they record that, when it does not answer', async () => {
    let recorded: string | undefined = 'nothing'
    const a = await start('a', { onDistrust: async (reason) => void (reason && (recorded = await modeOf('a'))) })
    a.cacheAnswers = false
    await until(async () => (await modeOf('a')) === 'bypassing')
    expect(recorded).toBe('trusting')
  })

  it('trust it again only once everything has been delivered that was written meanwhile', async () => {
    let mayDeliver = false
    const a = await start('a', {
      deliver: (rows) => Promise.resolve(mayDeliver ? [] : rows),
    })
    a.cacheAnswers = false
    await until(() => !a.trusts)
    await change('written meanwhile')
    a.cacheAnswers = true
    await until(async () => (await modeOf('a')) === 'trusting')
    expect(a.trusts).toBe(false)
    mayDeliver = true
    await until(() => a.trusts)
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(0)
  })

  it('leave the delivery to one of them, and to another once that one is gone', async () => {
    const a = await start('a')
    const b = await start('b')
    await change('one')
    await until(() => a.delivered.length === 1)
    await a.relay.stop()
    await change('two')
    await until(() => b.delivered.length === 1)
    expect(b.delivered.map(({ entity }) => entity)).toEqual(['two'])
  })

  it('begin to trust in no epoch that is over, and say in which they do', async () => {
    await client.query(`INSERT INTO cache_server (name, server, epoch) VALUES ('life', 'two', 2)`)
    let epochs = { life: '1' }
    const a = await start('a', { epochs: () => epochs })
    await until(async () => (await modeOf('a')) === 'trusting')
    await change('met by nobody')
    expect(a.trusts).toBe(false)
    epochs = { life: '2' }
    await until(() => a.trusts)
    expect((await client.query('SELECT epochs FROM instance')).rows).toEqual([{ epochs }])
    await client.query('DELETE FROM cache_server')
  })

  it('keep what they have evicted while another may read in an epoch that is over', async () => {
    await client.query(`
      INSERT INTO cache_server (name, server, epoch) VALUES ('life', 'two', 2);
      INSERT INTO instance (id, mode, epochs, seen_at)
        VALUES ('z', 'trusting', '{"life": "1"}', clock_timestamp() + interval '1 minute')`)
    const a = await start('a', { epochs: () => ({ life: '2' }) })
    const transaction = await change('one')
    await until(() => a.delivered.length > 1)
    expect(await delivery(transaction, 0)).toBe('pending')
    await client.query(`UPDATE instance SET epochs = '{"life": "2"}' WHERE id = 'z'`)
    expect(await delivery(transaction, 20_000)).toBe('delivered')
    await client.query('DELETE FROM cache_server')
  })

  it('trust it no more once it was away while they counted as gone, even if it is back', async () => {
    const notices = await startProxy(Number(new URL(url).port))
    let stillTrusted = (): boolean => false
    const a = await start('a', {
      url: Object.assign(new URL(url), { port: String(notices.port) }).href,
      onTrust: (given) => Promise.resolve(void (stillTrusted = given)),
    })
    notices.hold('everything')
    await until(async () => {
      const { rows } = await client.query<{ gone: boolean }>(
        `SELECT seen_at < clock_timestamp() - interval '6 seconds' AS gone FROM instance`,
      )
      return rows[0]?.gone === true
    })
    expect(stillTrusted()).toBe(true)
    a.cacheAnswers = false
    stillTrusted()
    a.cacheAnswers = true
    expect(stillTrusted()).toBe(false)
    notices.pass()
    await a.relay.stop()
    await notices.stop()
  })

  it('leave the delivery to another where one does not reach the cache', async () => {
    const a = await start('a')
    const b = await start('b')
    a.cacheAnswers = false
    await until(async () => (await modeOf('a')) === 'bypassing')
    await change('one')
    await until(() => b.delivered.length === 1)
    expect(a.delivered).toEqual([])
  })

  it('deliver in the place of one that froze, though its connection stands', async () => {
    const b = await start('b')
    await client.query(
      `INSERT INTO instance (id, mode, seen_at) VALUES ('a-frozen', 'trusting', clock_timestamp() - interval '2 seconds')`,
    )
    await change('one')
    await until(async () => (await client.query('SELECT FROM outbox')).rowCount === 0)
    expect(b.delivered.map(({ entity }) => entity)).toEqual(['one'])
  })
})

describe('a process that did not run for a while', () => {
  it.each([
    ['it was stopped', performance],
    // its own clock stood still with it
    ['its machine slept', Date],
  ])('because %s does not trust the cache from its next read on, until it has caught up', async (_why, clock) => {
    const questions: (() => boolean)[] = []
    await start('a', { onTrust: (question) => Promise.resolve(void questions.push(question)) })
    const [before] = questions
    expect(before?.()).toBe(true)
    const now = clock.now()
    const moved = vi.spyOn(clock, 'now').mockReturnValue(now + 3000)
    expect(before?.()).toBe(false)
    moved.mockRestore()
    // also once it runs again as if nothing had been
    expect(before?.()).toBe(false)
    await until(() => questions.length === 2)
    expect(questions[1]?.()).toBe(true)
  })
})

describe('a write that could not be evicted', () => {
  it('is answered at once where every living instance bypasses the cache', async () => {
    const a = await start('a')
    a.cacheAnswers = false
    await until(async () => (await modeOf('a')) === 'bypassing')
    expect(await delivery(await change('one'), 0)).toBe('delivered')
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(1)
  })

  it('waits where one of them reads through the cache', async () => {
    await start('a', { deliver: (rows) => Promise.resolve(rows) })
    await client.query(`INSERT INTO instance (id, mode, seen_at) VALUES ('b', 'trusting', clock_timestamp())`)
    expect(await delivery(await change('one'), 100)).toBe('pending')
  })

  it('waits where its own instance reads through the cache', async () => {
    expect(await delivery(await change('one'), 0, true)).toBe('pending')
  })

  it('waits where its own instance has recorded that it is about to read through the cache again', async () => {
    await client.query(`INSERT INTO instance (id, mode, seen_at) VALUES ('the writer', 'trusting', clock_timestamp())`)
    expect(await delivery(await change('one'), 0)).toBe('pending')
  })

  it('does not wait for an instance that has not been heard of for a while', async () => {
    await client.query(
      `INSERT INTO instance (id, mode, seen_at) VALUES ('gone', 'trusting', clock_timestamp() - interval '6 seconds')`,
    )
    expect(await delivery(await change('one'), 0)).toBe('delivered')
  })

  it('is answered when its rows are delivered', async () => {
    await start('a')
    expect(await delivery(await change('one'), 10_000, true)).toBe('delivered')
  })
})

describe('a cache of one process', () => {
  it('is not used while another instance may still use one of its own', async () => {
    await client.query(`INSERT INTO instance (id, mode, seen_at) VALUES ('other', 'trusting', clock_timestamp())`)
    const a = await start('a', { mode: 'exclusive' })
    expect(a.trusts).toBe(false)
    await client.query(`DELETE FROM instance WHERE id = 'other'`)
    await until(() => a.trusts)
  })
})
