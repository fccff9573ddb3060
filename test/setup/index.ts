import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { createDatabase, dropDatabase } from './database.ts'

/** A migrated, empty database of the calling test file's own; dropped after its tests. */
export async function testDatabase(): Promise<{ url: string; client: pg.Client }> {
  const server = inject('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = await createDatabase(server, name, 'template_migrated')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  afterAll(async () => {
    await client.end()
    await dropDatabase(server, name)
  })
  return { url, client }
}

/** The url of the run's Redis, for `describe.skipIf(redis === null)`; the reason has been printed at the start. */
export function testRedis(): { url: string; prefix: string } | null {
  const url = inject('redis')
  return url === null ? null : { url, prefix: `test-${randomBytes(6).toString('hex')}` }
}
