import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runProgram } from '../setup/process.ts'
import { until } from '../setup/until.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-command-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const contentOf = (...path: string[]): Promise<string | null> =>
  readFile(join(folder, ...path), 'utf8').catch(() => null)

/** A connection to the embedded database of the folder, once that is there. */
async function connected(): Promise<pg.Client> {
  await until(async () => (await contentOf('pgpass')) !== null)
  const [host = '', port, , user = '', password = ''] = (await contentOf('pgpass'))?.trim().split(':') ?? []
  const client = new pg.Client({ host, port: Number(port), user, password, database: 'postgres' })
  await client.connect()
  return client
}

it('a command whose connection breaks says so to people, and stops what it started', async () => {
  const program = runProgram('src/import/command.ts', ['-'], { LARDER_DIRECTORY: folder }, null)
  const server = await connected()
  // once nothing is left to do but to wait for lines
  const waiting = `FROM pg_stat_activity WHERE application_name = 'larder command' AND state = 'idle' AND query LIKE 'CREATE TEMP%'`
  await until(async () => (await server.query(`SELECT pg_terminate_backend(pid) ${waiting}`)).rowCount === 1)
  await server.end()
  program.child.stdin?.end('{"category":{"slug":"new","name":"New"}}\n')
  expect(await program.ended()).toBe(1)
  expect(program.output().trim().split('\n').at(-1)).toMatch(
    /^PostgreSQL cannot be reached: .+\. Check that it runs and is the one of DATABASE_URL\.$/,
  )
  expect(program.output()).not.toMatch(/\n\s+at /)
  expect(await contentOf('postgres', 'postmaster.pid')).toBeNull()
})

it('a migration that is given arguments touches nothing, and says that it takes none', async () => {
  const directory = join(folder, 'untouched')
  const program = runProgram('src/command/migrate.ts', ['--dry-run'], { LARDER_DIRECTORY: directory })
  expect(await program.ended()).toBe(1)
  expect(program.output()).toMatch(
    /^npm run migrate takes no arguments, but received --dry-run\.\n\nApplies the migrations .+\n\n  npm run migrate\n$/,
  )
  expect(existsSync(directory)).toBe(false)
})
