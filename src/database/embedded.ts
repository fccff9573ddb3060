import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../start-error.ts'
import { PostgresServer, superuser } from './postgres-server.ts'

/** The embedded database, open for as long as this process uses it. */
export interface EmbeddedDatabase {
  readonly url: string
  /** A command line that opens it in psql. */
  readonly psql: string
  /** Gives it up; the server stops with the last process that uses it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** api: the one server of this folder. command: joins, beside it or alone. */
  readonly role: 'api' | 'command'
  onProgress?(message: string): void
}

// Session locks in the server itself: whatever way a process dies, they go with its connection.
const apiLock = 1
const userLock = 2
const lockClass = 1_818_325_348

/**
 * Opens the PostgreSQL that lives in a folder: creates it, starts it, or joins it where it runs already, be it that another
 * command uses it or that a killed process left it behind.
 * @throws StartError where the folder cannot be used, or another API is using it
 */
export async function openEmbedded(directory: string, options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const folder = resolve(directory)
  const server = new PostgresServer(folder, ['max_connections=60'])
  await prepare(folder)
  const url = await alone(folder, async () => {
    const password = await readPassword(folder)
    if (!(await server.exists())) {
      options.onProgress?.(`Creating a PostgreSQL database in ${directory} …`)
      await server.initialize(password)
    }
    const port = (await server.port()) ?? (await started(server, folder))
    await writeFile(join(folder, 'pgpass'), `127.0.0.1:${port}:*:${superuser}:${password}\n`, { mode: 0o600 })
    const base = `postgresql://${superuser}:${password}@127.0.0.1:${port}`
    await ensureDatabase(base)
    return `${base}/larder`
  })
  const session = new pg.Client({ connectionString: url, application_name: `larder ${options.role} ${process.pid}` })
  // lost with the server: whoever reads or writes will hear of it
  session.on('error', () => {})
  await session.connect()
  await session.query('SELECT pg_advisory_lock_shared($1, $2)', [lockClass, userLock])
  if (options.role === 'api') await beTheOnly(session, directory)
  const { port } = new URL(url)
  return {
    url,
    psql: `PGPASSFILE=${join(directory, 'pgpass')} psql -h 127.0.0.1 -p ${port} -U ${superuser} larder`,
    async stop() {
      await alone(folder, async () => {
        const { rows } = await session.query<{ last: boolean }>(
          'SELECT pg_advisory_unlock_shared($1, $2), pg_try_advisory_lock($1, $2) AS last',
          [lockClass, userLock],
        )
        await session.end()
        if (rows[0]?.last === true) await server.stop()
      })
    },
  }
}

async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw new StartError(
      `The folder ${folder} for the embedded database cannot be written: ${(error as Error).message}. ` +
        'Set LARDER_DIRECTORY to another one, or DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    )
  }
}

async function started(server: PostgresServer, folder: string): Promise<number> {
  try {
    return await server.start()
  } catch (error) {
    throw new StartError(
      `The embedded PostgreSQL does not start: ${(error as Error).message}. Its log is ${join(folder, 'postgres.log')}.`,
      { cause: error },
    )
  }
}

async function readPassword(folder: string): Promise<string> {
  const path = join(folder, 'password')
  await writeFile(path, randomBytes(18).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  return readFile(path, 'utf8')
}

async function ensureDatabase(base: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${base}/postgres` })
  await client.connect()
  try {
    const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'larder'`)
    if (rowCount === 0) await client.query('CREATE DATABASE larder')
  } finally {
    await client.end()
  }
}

async function beTheOnly(session: pg.Client, directory: string): Promise<void> {
  const { rows } = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
    lockClass,
    apiLock,
  ])
  if (rows[0]?.taken === true) return
  const other = await session.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted AND application_name LIKE 'larder api %'`,
    [lockClass, apiLock],
  )
  const pid = other.rows[0]?.name.replace('larder api ', '') ?? 'unknown'
  await session.end()
  throw new StartError(
    `Another Larder (process ${pid}) is serving the database in ${directory}. ` +
      'Stop it first, or set LARDER_DIRECTORY to another folder, or DATABASE_URL to share one PostgreSQL server.',
  )
}

const startMs = 90_000

/** Runs something while no other process starts or stops the server of this folder. */
async function alone<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const path = join(folder, 'starting')
  for (;;) {
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      return null
    })
    if (file !== null) {
      await file.writeFile(String(process.pid))
      await file.close()
      break
    }
    if (await isLeftBehind(path)) await rm(path, { force: true })
    else await sleep(50)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** A lock file whose process is gone, or that is older than any start may take. */
async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs
    const pid = Number(await readFile(path, 'utf8'))
    if (age > startMs) return true
    if (pid === 0) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
