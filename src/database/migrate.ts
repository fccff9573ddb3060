import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { StartError } from '../start-error.ts'
import { messageOf, withClient } from './with-client.ts'

/** A migration as it lies in prisma/migrations: one SQL file in a folder of its own, applied in the order of the names. */
interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

interface Applied {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: Date | null
}

const ownMigrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
// the lock and the table that Prisma's own engine uses, so that either can take over from the other
const migrationLock = 72_707_369
const migrationTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

/**
 * Brings a database up to date and returns the names of the migrations it applied. Several instances may do so at once:
 * one applies, the others wait and find nothing to do. A file is applied whole or not at all.
 * @throws StartError where the history in the database is not a beginning of ours, or a migration fails
 */
export async function migrate(url: string, directory = ownMigrations): Promise<string[]> {
  return withClient(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await client.query(migrationTable)
    const pending = compare(await readMigrations(directory), await readApplied(client))
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  })
}

/** The names of the migrations that a database lacks. @throws StartError as {@link migrate} does */
export async function pendingMigrations(url: string, directory = ownMigrations): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
    )
    const applied = rows[0]?.there === true ? await readApplied(client) : []
    return compare(await readMigrations(directory), applied).map(({ name }) => name)
  })
}

function compare(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { migration_name: name, checksum, finished_at } of applied) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw new StartError(
        `The database is ahead of this build: it has the migration ${name}, which this build does not know. Start a newer build.`,
      )
    }
    if (finished_at === null) {
      throw new StartError(
        `The migration ${name} began and did not finish. Repair the database, then delete its row from _prisma_migrations.`,
      )
    }
    if (checksum !== migration.checksum) {
      throw new StartError(
        `The migration ${name} was changed after it had been applied. Restore the file, and put the change into a new migration.`,
      )
    }
  }
  const done = new Set(applied.map((row) => row.migration_name))
  return migrations.filter(({ name }) => !done.has(name))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    // sent as one query it is one transaction; a file that opens its own is not allowed to leave half of it behind
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
       VALUES (gen_random_uuid()::text, $1, $2, now(), 1)`,
      [checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new StartError(`The migration ${name} failed, and nothing of it was kept: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(`${directory}/${name}/migration.sql`, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL',
  )
  return rows
}
