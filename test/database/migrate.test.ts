import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { createDatabase, dropDatabase } from '../setup/database.ts'
import { until } from '../setup/until.ts'

// what Prisma's own engine takes while it migrates
const prismasLock = 72_707_369
const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

let url: string
let name: string
let folder: string

beforeEach(async () => {
  name = `test_${randomBytes(6).toString('hex')}`
  url = await createDatabase(inject('postgres'), name)
  folder = await mkdtemp(join(tmpdir(), 'larder-migrations-'))
})
afterEach(async () => {
  await dropDatabase(inject('postgres'), name)
  await rm(folder, { recursive: true })
})

async function put(migration: string, sql: string): Promise<void> {
  await mkdir(join(folder, migration), { recursive: true })
  await writeFile(join(folder, migration, 'migration.sql'), sql)
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}

describe('migrate', () => {
  it('applies what is missing, in the order of the names, and then nothing', async () => {
    await put('2_second', 'INSERT INTO thing VALUES (1)')
    await put('1_first', 'CREATE TABLE thing (id int)')
    expect(await pendingMigrations(url, folder)).toEqual(['1_first', '2_second'])
    expect(await migrate(url, folder)).toEqual(['1_first', '2_second'])
    expect(await migrate(url, folder)).toEqual([])
    expect(await pendingMigrations(url, folder)).toEqual([])
    await put('3_third', 'INSERT INTO thing VALUES (3)')
    expect(await migrate(url, folder)).toEqual(['3_third'])
    expect(await query('SELECT id FROM thing ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }])
  })

  it('lets one of many that start at once apply, while the others wait', async () => {
    await put('1_first', 'CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)')
    const first = new pg.Client({ connectionString: url })
    await first.connect()
    await first.query('SELECT pg_advisory_lock($1)', [prismasLock])
    let isOver = false
    const migrations = Promise.all([1, 2, 3, 4].map(() => migrate(url, folder))).finally(() => (isOver = true))
    await until(async () => isOver || (await query(waiting)).length === 4)
    await first.end()
    const applied = await migrations
    expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([['1_first'], [], [], []])
    expect(await query('SELECT id FROM thing')).toEqual([{ id: 1 }])
  })

  it('keeps nothing of a file that fails, and names it', async () => {
    await put('1_first', 'CREATE TABLE thing (id int); INSERT INTO nothing VALUES (1)')
    await expect(migrate(url, folder)).rejects.toThrow(
      'The migration 1_first failed, and nothing of it was kept: relation "nothing" does not exist',
    )
    expect(await query(`SELECT to_regclass('thing') AS thing`)).toEqual([{ thing: null }])
    await put('1_first', 'CREATE TABLE thing (id int)')
    expect(await migrate(url, folder)).toEqual(['1_first'])
  })

  it('refuses a history that is not a beginning of its own', async () => {
    await put('1_first', 'CREATE TABLE thing (id int)')
    await migrate(url, folder)
    await put('1_first', 'CREATE TABLE thing (id bigint)')
    await expect(migrate(url, folder)).rejects.toThrow('The migration 1_first was changed after it had been applied')
    await rm(join(folder, '1_first'), { recursive: true })
    await expect(migrate(url, folder)).rejects.toThrow(
      'The database is ahead of this build: it has the migration 1_first',
    )
  })

  it('says where it could not connect, without the password', async () => {
    const failure = await migrate('postgresql://user:secret@127.0.0.1:1/none', folder).catch(
      (error: Error) => error.message,
    )
    expect(failure).toMatch(
      /^PostgreSQL at 127.0.0.1:1\/none cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL, or LARDER_DIRECT_DATABASE_URL where that is set\.$/,
    )
    expect(failure).not.toContain('secret')
  })
})
