import { afterAll, beforeEach, expect, it } from 'vitest'
import { admitServer, cachePlace } from '../../src/database/cache-server.ts'
import { originSql } from '../../src/database/origin.ts'
import { deleteChanges } from '../../src/database/outbox.ts'
import { connectWriter } from '../../src/database/writer.ts'
import { testDatabase } from '../setup/index.ts'

const { url, client } = await testDatabase()
const database = connectWriter({ url })
afterAll(() => database.close())
beforeEach(() => client.query('DELETE FROM cache_server; DELETE FROM outbox'))

const change = (transaction: number): Promise<unknown> =>
  client.query(`INSERT INTO outbox (transaction_id, entity) VALUES ($1, 'product')`, [transaction])
const left = async (): Promise<string[]> =>
  (await client.query<{ id: string }>('SELECT transaction_id::text AS id FROM outbox ORDER BY 1')).rows.map(
    ({ id }) => id,
  )

it('a server is met in the same epoch by all, and begins a new one where it was another before', async () => {
  const met = [
    await admitServer(database, 'life', 'one'),
    await admitServer(database, 'life', 'one'),
    await admitServer(database, 'life', 'two'),
    await admitServer(database, 'life', 'two'),
    // what it holds is from before the other one
    await admitServer(database, 'life', 'one'),
    await admitServer(database, 'life of another node', 'two'),
  ]
  expect(met).toEqual(['1', '1', '2', '2', '3', '1'])
})

it('of many who meet another server at the same time, one begins an epoch', async () => {
  await admitServer(database, 'life', 'one')
  const met = await Promise.all(Array.from({ length: 8 }, () => admitServer(database, 'life', 'two')))
  expect(new Set(met)).toEqual(new Set(['2']))
})

it('changes that were evicted in the current epoch stay while another instance may read in an earlier one', async () => {
  await admitServer(database, 'life', 'one')
  await client.query(`INSERT INTO instance (id, mode, epochs, seen_at)
    VALUES ('z', 'trusting', '{"life": "1"}', clock_timestamp() + interval '1 minute')`)
  await admitServer(database, 'life', 'two')
  await change(1)
  const evicted = [{ transaction: '1', epochs: { life: '2' } }]
  expect([(await deleteChanges(database, evicted)).size, await left()]).toEqual([0, ['1']])
  await client.query(`UPDATE instance SET mode = 'bypassing'`)
  expect([(await deleteChanges(database, evicted)).size, await left()]).toEqual([1, []])
})

it('changes that were evicted in an epoch that is over stay for whoever delivers', async () => {
  await admitServer(database, 'a', 'one')
  await admitServer(database, 'b', 'one')
  for (const transaction of [1, 2, 3, 4]) await change(transaction)
  await admitServer(database, 'b', 'two')
  const deleted = await deleteChanges(database, [
    { transaction: '1', epochs: { a: '1' } },
    { transaction: '2', epochs: { a: '1', b: '1' } },
    { transaction: '3', epochs: { b: '2', a: '1' } },
  ])
  expect([[...deleted].toSorted(), await left()]).toEqual([
    ['1', '3'],
    ['2', '4'],
  ])
})

it('what is cached elsewhere than before is of another origin', async () => {
  const origin = async (): Promise<unknown> => (await client.query<{ origin: string }>(originSql)).rows[0]?.origin
  await admitServer(database, cachePlace, 'server larder')
  const first = await origin()
  await admitServer(database, cachePlace, 'server larder')
  expect(await origin()).toBe(first)
  await admitServer(database, cachePlace, 'process')
  await admitServer(database, cachePlace, 'server larder')
  expect(await origin()).not.toBe(first)
})
