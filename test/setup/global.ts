import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/database/migrate.ts'
import { PostgresServer, superuser } from '../../src/database/postgres-server.ts'
import { createDatabase } from './database.ts'
import { findRedisServer, startRedis, type TestRedis } from './redis-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The private PostgreSQL of this run, without a database. */
    postgres: string
    /** The private Redis of this run; null where no redis-server can be had. */
    redis: string | null
  }
}

/** Starts a PostgreSQL and a Redis of our own for the run, and stops them after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-test-'))
  // what is tested is not whether data survives a power cut
  const server = new PostgresServer(folder, [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=200',
  ])
  await server.initialize('test')
  const port = await server.start()
  const postgres = `postgresql://${superuser}:test@127.0.0.1:${port}`
  // every test file gets a copy of this one, which takes a tenth of a second
  await migrate(await createDatabase(postgres, 'template_migrated'))
  const redis = await startRedisIfAny()
  project.provide('postgres', postgres)
  project.provide('redis', redis?.url ?? null)
  return async () => {
    await redis?.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startRedisIfAny(): Promise<TestRedis | null> {
  const found = await findRedisServer()
  if ('program' in found) return startRedis()
  if (process.env['CI'] === 'true') throw new Error(`The tests with Redis cannot run: ${found.reason}`)
  console.log(`\n Skipped: every test with Redis, because ${found.reason}\n`)
  return null
}
