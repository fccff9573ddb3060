import { fileURLToPath } from 'node:url'
import { ApiProcess } from './api-process.ts'
import { WorldDatabase } from './database.ts'
import { RedisPair } from './redis-pair.ts'

const ownRoot = fileURLToPath(new URL('../../../', import.meta.url))

/** Everything that a run needs, of its own: servers, proxies and API processes, on this machine alone. */
export interface World {
  readonly database: WorldDatabase
  readonly redis: RedisPair
  readonly processes: readonly ApiProcess[]
  stop(): Promise<void>
}

/** @param root the folder of the sources that the API processes run; this tree by default */
export async function startWorld(count: number, root: string = ownRoot): Promise<World> {
  const undo: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).toReversed()) await each()
  }
  try {
    const [database, redis] = await Promise.all([WorldDatabase.start(), RedisPair.start()])
    undo.push(
      () => database.stop(),
      () => redis.stop(),
    )
    const processes = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        ApiProcess.start({
          name: String.fromCodePoint('a'.codePointAt(0)! + i),
          root,
          redisPort: redis.port,
          databasePort: database.port,
          databaseUrl: (port) => database.url(port),
        }),
      ),
    )
    for (const each of processes) undo.push(() => each.stop())
    return { database, redis, processes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
