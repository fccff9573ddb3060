import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRelay, waitForDelivery, type OutboxRow, type Relay } from '../../src/database/relay.ts'
import { testDatabase } from '../setup/index.ts'

const { url, client } = await testDatabase()
const relays: Relay[] = []
let delivered: OutboxRow[]
let told: string[]

beforeEach(async () => {
  delivered = []
  told = []
  await client.query('DELETE FROM outbox')
})
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop()
})

async function start(
  mode: 'exclusive' | 'shared',
  deliver?: (rows: readonly OutboxRow[]) => Promise<void>,
): Promise<Relay> {
  const relay = startRelay({
    url,
    mode,
    pollMs: 20,
    deliver: deliver ?? ((rows) => Promise.resolve(void delivered.push(...rows))),
    onCaughtUp: () => Promise.resolve(void told.push('caught up')),
    onLost: (reason) => Promise.resolve(void told.push(reason)),
  })
  relays.push(relay)
  await relay.started
  return relay
}

const change = (entity: string, by: pg.Client = client): Promise<unknown> =>
  by.query(`INSERT INTO outbox (transaction_id, entity) VALUES (1, $1)`, [entity])

describe('the relay', () => {
  it('delivers what stood there before it began, and then what comes, and leaves nothing', async () => {
    await change('first')
    await start('exclusive')
    expect(told).toEqual(['caught up'])
    expect(delivered.map(({ entity }) => entity)).toEqual(['first'])
    await change('second')
    expect(await waitForDelivery(client, 10_000)).toBe('delivered')
    expect(delivered.map(({ entity }) => entity)).toEqual(['first', 'second'])
  })

  it('delivers a row that becomes visible after rows with higher numbers', async () => {
    const slow = new pg.Client({ connectionString: url })
    await slow.connect()
    try {
      await start('exclusive')
      await slow.query('BEGIN')
      await change('early number', slow)
      await change('late number')
      expect(await waitForDelivery(client, 10_000)).toBe('delivered')
      await slow.query('COMMIT')
      expect(await waitForDelivery(client, 10_000)).toBe('delivered')
      expect(delivered.map(({ entity }) => entity)).toEqual(['late number', 'early number'])
    } finally {
      await slow.end()
    }
  })

  it('keeps rows that could not be delivered, says so, and delivers them later', async () => {
    let failures = 1
    await start('exclusive', (rows) => {
      if (rows.length > 0 && failures-- > 0) return Promise.reject(new Error('the store is away'))
      delivered.push(...rows)
      return Promise.resolve()
    })
    await change('kept')
    expect(await waitForDelivery(client, 20_000)).toBe('delivered')
    expect(told).toEqual(['caught up', 'the store is away', 'caught up'])
    expect(delivered.map(({ entity }) => entity)).toEqual(['kept'])
  })

  it('runs once where each instance has a store of its own', async () => {
    await start('exclusive')
    await start('exclusive')
    expect(told).toEqual([
      'caught up',
      expect.stringContaining('another instance runs on this database without a shared cache'),
    ])
  })

  it('runs in every instance where they share a store', async () => {
    await start('shared')
    await start('shared')
    expect(told).toEqual(['caught up', 'caught up'])
    await start('exclusive')
    expect(told[2]).toContain('another instance')
  })

  it('comes back when its connection is lost', async () => {
    await start('exclusive')
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'larder relay' AND datname = current_database()`,
    )
    await change('after')
    while (delivered.length === 0 || told.at(-1) !== 'caught up') await change('again')
    expect(told[0]).toBe('caught up')
    expect(told.at(-1)).toBe('caught up')
    expect(told.length).toBeGreaterThan(2)
  })

  it('tells a command that nobody listens', async () => {
    expect(await waitForDelivery(client, 1000)).toBe('nobody listens')
  })
})
