import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRelay, type Relay } from '../../src/database/relay.ts'
import { kept } from '../setup/garbage.ts'
import { testDatabase } from '../setup/index.ts'
import { until } from '../setup/until.ts'

const { url } = await testDatabase()
const { Client } = pg
const attempts = 5
const relays: Relay[] = []
let clients: WeakRef<pg.Client>[]

beforeEach(() => {
  clients = []
  class ClientOfRelay extends Client {
    constructor(config?: pg.ClientConfig) {
      super(config)
      if (config?.application_name === 'larder relay') clients.push(new WeakRef(this))
    }
  }
  Object.assign(pg, { Client: ClientOfRelay })
})
afterEach(async () => {
  Object.assign(pg, { Client })
  for (const relay of relays.splice(0)) await relay.stop()
})

function start(at: string): Relay {
  const relay = startRelay({
    url: at,
    mode: 'exclusive',
    id: randomUUID(),
    reachable: () => true,
    deliver: () => Promise.resolve([]),
    onTrust: () => Promise.resolve(),
    onDistrust: () => Promise.resolve(),
  })
  relays.push(relay)
  return relay
}

describe('a relay keeps no connection that it has given up', () => {
  it('while the database is away', async () => {
    start('postgresql://nobody@127.0.0.1:1/nowhere')
    await until(() => clients.length > attempts)
    expect(await kept(clients.slice(0, attempts))).toBeLessThan(2)
  })

  it('while another instance has its place', async () => {
    await start(url).started
    const [first] = clients.splice(0)
    start(url)
    await until(() => clients.length > attempts)
    expect(await kept(clients.slice(0, attempts))).toBeLessThan(2)
    expect(first?.deref()).toBeDefined()
  })

  it('when its connection breaks again and again', async () => {
    const sql = new Client({ connectionString: url })
    await sql.connect()
    start(url)
    while (clients.length <= attempts) {
      await sql.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'larder relay' AND datname = current_database()`,
      )
    }
    await sql.end()
    expect(await kept(clients.slice(0, attempts))).toBeLessThan(2)
  })
})
