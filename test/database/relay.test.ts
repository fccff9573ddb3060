import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitForDelivery } from '../../src/database/await-delivery.ts'
import { hurry, writerName, type OutboxRow } from '../../src/database/outbox.ts'
import { queryableOn } from '../../src/database/sql.ts'
import { startRelay, type Relay, type RelayOptions } from '../../src/database/relay.ts'
import { testDatabase } from '../setup/index.ts'
import { until } from '../setup/until.ts'

const { url, client } = await testDatabase()
const relays: Relay[] = []
let delivered: OutboxRow[]
let told: string[]

beforeEach(async () => {
  delivered = []
  told = []
  await client.query('DELETE FROM outbox; DELETE FROM instance')
})
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop()
})

async function start(mode: 'exclusive' | 'shared', options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = startRelay({
    url,
    mode,
    id: randomUUID(),
    pollMs: 20,
    reachable: () => true,
    deliver: (rows) => {
      delivered.push(...rows)
      return Promise.resolve([])
    },
    onTrust: () => Promise.resolve(void told.push('trusts')),
    onDistrust: (reason) => Promise.resolve(reason === null ? undefined : void told.push(reason)),
    ...options,
  })
  relays.push(relay)
  const before = told.length
  await relay.started
  // a server does not wait for long at its start; a test does
  await until(() => told.length > before)
  return relay
}

const breakConnections = (): Promise<unknown> =>
  client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'larder relay' AND datname = current_database()`,
  )

const change = (entity: string, by: pg.Client = client): Promise<unknown> =>
  by.query(`INSERT INTO outbox (transaction_id, entity) VALUES (1, $1)`, [entity])

describe('the relay', () => {
  it('leaves it to others, and asks anew where its cache is, once they keep theirs in another server', async () => {
    await client.query(`INSERT INTO cache_server (name, server, epoch) VALUES ('life', 'one', 1)`)
    let epochs = { life: '1' }
    await start('shared', {
      epochs: () => epochs,
      onSuperseded: () => {
        told.push('superseded')
        epochs = { life: '3' }
      },
    })
    await client.query(`UPDATE cache_server SET server = 'two', epoch = 2`)
    await until(() => told.includes('superseded'))
    const before = delivered.length
    await change('meanwhile')
    expect(delivered.length).toBe(before)
    await client.query(`UPDATE cache_server SET server = 'one', epoch = 3`)
    await until(() => delivered.length > before)
    await client.query('DELETE FROM cache_server')
    expect(told.slice(0, 3)).toEqual(['trusts', 'other instances keep the cache in another Redis server', 'superseded'])
  })

  it('keeps what it has evicted in an epoch that ended meanwhile', async () => {
    await client.query(`INSERT INTO cache_server (name, server, epoch) VALUES ('life', 'one', 1)`)
    await start('shared', {
      epochs: () => ({ life: '1' }),
      onSuperseded: () => void told.push('superseded'),
      async deliver(rows) {
        delivered.push(...rows)
        await client.query(`UPDATE cache_server SET server = 'two', epoch = 2`)
        return []
      },
    })
    await change('first')
    await until(() => told.includes('superseded'))
    expect(delivered.map(({ entity }) => entity)).toEqual(['first'])
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(1)
    await client.query('DELETE FROM cache_server')
  })

  it('delivers what stood there before it began, and then what comes, and leaves nothing', async () => {
    await change('first')
    await start('exclusive')
    expect(told).toEqual(['trusts'])
    expect(delivered.map(({ entity }) => entity)).toEqual(['first'])
    await change('second')
    expect(await waitForDelivery(queryableOn(client), 10_000)).toBe('delivered')
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
      expect(await waitForDelivery(queryableOn(client), 10_000)).toBe('delivered')
      await slow.query('COMMIT')
      expect(await waitForDelivery(queryableOn(client), 10_000)).toBe('delivered')
      expect(delivered.map(({ entity }) => entity)).toEqual(['late number', 'early number'])
    } finally {
      await slow.end()
    }
  })

  it('keeps rows that could not be delivered, says so, and delivers them later', async () => {
    let failures = 1
    await start('exclusive', {
      deliver(rows) {
        if (rows.length > 0 && failures-- > 0) return Promise.reject(new Error('the store is away'))
        delivered.push(...rows)
        return Promise.resolve([])
      },
    })
    await change('kept')
    expect(await waitForDelivery(queryableOn(client), 20_000)).toBe('delivered')
    await until(() => told.length > 2)
    expect(told.slice(0, 3)).toEqual(['trusts', 'the store is away', 'trusts'])
    expect(delivered.map(({ entity }) => entity)).toEqual(['kept'])
  })

  it('runs once where each instance has a store of its own', async () => {
    await start('exclusive')
    await start('exclusive')
    expect(told).toEqual([
      'trusts',
      expect.stringContaining('another instance runs on this database without a shared cache'),
    ])
  })

  it('runs in every instance where they share a store', async () => {
    await start('shared')
    await start('shared')
    expect(told).toEqual(['trusts', 'trusts'])
    await start('exclusive')
    expect(told[2]).toContain('another instance')
  })

  it('keeps only the rows that could not be delivered', async () => {
    let refusals = 1
    await start('shared', {
      deliver(rows) {
        const refused = rows.filter(({ entity }) => entity === 'refused' && refusals-- > 0)
        delivered.push(...rows.filter((row) => !refused.includes(row)))
        return Promise.resolve(refused)
      },
    })
    await client.query(`INSERT INTO outbox (transaction_id, entity) VALUES (1, 'refused'), (1, 'taken')`)
    expect(await waitForDelivery(queryableOn(client), 20_000)).toBe('delivered')
    expect(delivered.map(({ entity }) => entity)).toEqual(['taken', 'refused'])
  })

  it('delivers what changed row by row in bulk as a change of the whole table, a batch at a time', async () => {
    await client.query(
      `INSERT INTO outbox (transaction_id, entity, after) SELECT 1, 'product', jsonb_build_object('id', i) FROM generate_series(1, 1700) i`,
    )
    await start('shared')
    expect(await waitForDelivery(queryableOn(client), 20_000)).toBe('delivered')
    expect(delivered).toMatchObject([
      { id: '', entity: 'product', before: null, after: null },
      { id: '', entity: 'product', before: null, after: null },
    ])
  })

  it('delivers what is committed while it delivers, without waiting for its next look', async () => {
    let resume: () => void = () => {}
    const resumed = new Promise<void>((resolve) => {
      resume = resolve
    })
    const pollMs = 600_000
    await start('shared', {
      pollMs,
      async deliver(rows) {
        delivered.push(...rows)
        if (rows.some(({ entity }) => entity === 'first')) await resumed
        return []
      },
    })
    await change('first')
    await client.query(`SELECT pg_notify('larder_outbox', '')`)
    await until(() => delivered.length > 0)
    await change('second')
    // the relay is told when every other connection is
    await client.query('LISTEN larder_outbox')
    const toldHere = once(client, 'notification')
    await client.query(`SELECT pg_notify('larder_outbox', '${hurry}')`)
    await toldHere
    await client.query('UNLISTEN larder_outbox')
    resume()
    await until(() => delivered.length > 1)
    expect(delivered.map(({ entity }) => entity)).toEqual(['first', 'second'])
  })

  describe('of what a server has changed, which it means to settle itself', () => {
    const settlingMs = 3_600_000
    let server: pg.Client

    beforeEach(async () => {
      server = new pg.Client({ connectionString: url, application_name: writerName })
      await server.connect()
    })
    afterEach(() => server.end())

    it('leaves that to it, and delivers what others have changed meanwhile', async () => {
      await start('shared', { settlingMs })
      await change('settled by its server', server)
      await change('from outside')
      await until(() => delivered.length > 0)
      await client.query('DELETE FROM outbox')
      expect(delivered.map(({ entity }) => entity)).toEqual(['from outside'])
    })

    it('delivers what is late, or dated ahead', async () => {
      await start('shared', { settlingMs })
      for (const shift of ['-2 h', '2 h'])
        await server.query(
          `INSERT INTO outbox (transaction_id, entity, created_at) VALUES (1, $1, now() + $1::text::interval)`,
          [shift],
        )
      await until(() => delivered.length === 2)
    })

    it('delivers all of it once somebody waits for that', async () => {
      await start('shared', { settlingMs })
      await change('given up by its server', server)
      await client.query(`SELECT pg_notify('larder_outbox', '${hurry}')`)
      await until(() => delivered.length > 0)
    })

    it('delivers all of it at once where each instance has a store of its own', async () => {
      await start('exclusive', { settlingMs })
      await change('for the relay', server)
      await until(() => delivered.length > 0)
    })

    it('says that all is delivered only as of before that may have been committed', async () => {
      const moments: number[] = []
      await start('shared', { settlingMs, onDelivered: (moment) => void moments.push(moment) })
      await until(() => moments.length > 3)
      expect(Math.min(...moments)).toBeLessThan(performance.now() - settlingMs)
    })
  })

  it('comes back when its connection is lost, and goes on', async () => {
    await start('exclusive')
    await breakConnections()
    await change('after')
    await until(() => delivered.length > 0)
    expect(await waitForDelivery(queryableOn(client), 20_000)).toBe('delivered')
    expect(delivered.map(({ entity }) => entity)).toEqual(['after'])
  })

  it('says when the database turns out to be another than before', async () => {
    const origins: string[] = []
    await start('shared', { onOrigin: (origin) => Promise.resolve(void origins.push(origin)) })
    await breakConnections()
    await change('after')
    expect(await waitForDelivery(queryableOn(client), 20_000)).toBe('delivered')
    expect(origins).toEqual([])
  })

  it('tells a command that nobody listens', async () => {
    expect(await waitForDelivery(queryableOn(client), 1000)).toBe('nobody listens')
  })
})
