import { look } from './look-script.ts'
import type { RedisConnection } from './redis-connection.ts'
import { scripts } from './scripts.ts'

/** Makes every script known to a server, which forgets them when it restarts, and when it is told to. */
export async function loadScripts(connection: RedisConnection): Promise<void> {
  const all = [...Object.values(scripts), look]
  await connection.send(all.map(({ source }) => ['SCRIPT', 'LOAD', source] as const))
}
