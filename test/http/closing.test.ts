import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { expect, it } from 'vitest'
import { startApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'
import { until } from '../setup/until.ts'

it('what is under way when a server closes is answered, and its client told to leave', async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  const api = await startApi({ url })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.app.server.address() as AddressInfo
  const lock = new pg.Client({ connectionString: url })
  await lock.connect()
  await lock.query('BEGIN; LOCK product')
  const agent = new Agent({ keepAlive: true })
  const asked = request({
    port,
    method: 'POST',
    path: '/graphql',
    agent,
    headers: { 'content-type': 'application/json' },
  })
  asked.end(JSON.stringify({ query: '{ product(by: { id: "Product:1" }) { title } }' }))
  await until(async () => {
    const { rowCount } = await client.query(`SELECT FROM pg_locks WHERE NOT granted`)
    return rowCount !== 0
  })
  const closed = api.app.close()
  await until(() => !api.app.server.listening)
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>
  await lock.end()
  const [response] = await answered
  response.resume()
  expect([response.statusCode, response.headers.connection]).toEqual([200, 'close'])
  // which it would not be before the client ends a connection that it may keep
  await closed
  agent.destroy()
  await api.close()
})
