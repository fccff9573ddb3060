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
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const each of started.splice(0).toReversed()) await each.stop()
  }
  const stoppable = async <Part extends { stop(): Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const part = await starting
    started.push(part)
    return part
  }
  try {
    const [database, redis] = await all([stoppable(WorldDatabase.start()), stoppable(RedisPair.start())])
    const processes = await all(
      Array.from({ length: count }, (_, i) =>
        stoppable(
          ApiProcess.start({
            name: String.fromCodePoint('a'.codePointAt(0)! + i),
            root,
            redisPort: redis.port,
            databasePort: database.port,
            databaseUrl: (port) => database.url(port),
          }),
        ),
      ),
    )
    return { database, redis, processes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** As Promise.all, but waits for every one before it fails: what has been started late has to be stopped as well. */
async function all<Parts extends readonly Promise<unknown>[] | []>(
  parts: Parts,
): Promise<{ -readonly [I in keyof Parts]: Awaited<Parts[I]> }> {
  await Promise.allSettled(parts)
  return Promise.all(parts)
}
