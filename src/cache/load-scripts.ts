import { look } from './look-script.ts'
import type { RedisServer } from './redis-connection.ts'
import { scripts } from './scripts.ts'

/** Makes every script known to a server, which forgets them when it restarts, and when it is told to. */
export async function loadScripts(server: RedisServer): Promise<void> {
  const all = [...Object.values(scripts), look]
  await server.send(all.map(({ source }) => ['SCRIPT', 'LOAD', source] as const))
}
