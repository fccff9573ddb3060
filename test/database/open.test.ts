import { expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/database/open.ts'
import { testDatabase } from '../setup/index.ts'

const open = (url: string, directUrl: string) =>
  openDatabase(readConfig({ DATABASE_URL: url, LARDER_DIRECT_DATABASE_URL: directUrl }), 'command', () => {})

it('a direct url that leads to another database is refused, and that one is left as it is', async () => {
  const [{ url }, other] = [await testDatabase(), await testDatabase()]
  await other.client.query('DROP TABLE _prisma_migrations')
  await expect(open(url, other.url)).rejects.toThrow(
    /^LARDER_DIRECT_DATABASE_URL must lead to the database of DATABASE_URL, \S+, but \S+ is another one: /,
  )
  const { rows } = await other.client.query(`SELECT to_regclass('_prisma_migrations') AS found`)
  expect(rows).toEqual([{ found: null }])
})

it('a direct url that leads nowhere is named', async () => {
  const { url } = await testDatabase()
  await expect(open(url, 'postgresql://u:secret@127.0.0.1:1/x')).rejects.toThrow(
    /^PostgreSQL at 127\.0\.0\.1:1\/x cannot be reached: .+ Check LARDER_DIRECT_DATABASE_URL\.$/,
  )
})

it('a direct url may lead to the same database in another way', async () => {
  const { url } = await testDatabase()
  const directUrl = `${url}?application_name=direct`
  expect(await open(url, directUrl)).toMatchObject({ url, directUrl, applied: [] })
})
