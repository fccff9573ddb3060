import { clusterStore, memoryStore, redisStore, UnsuitableServerError, type Store } from '../cache/index.ts'
import type { Config } from '../config.ts'
import { connectSharedValues, type SharedValues } from '../redis/shared-values.ts'
import { StartError } from '../start-error.ts'

/**
 * The store that the configuration names, once it is known whether it can be used.
 * @param origin names the database that is cached
 * @throws StartError where a server was reached that can never be used
 */
export async function openStore(config: Config, origin: string, warn: (line: string) => void): Promise<Store> {
  const store = createStore(config, origin, warn)
  try {
    await store.ready
    return store
  } catch (error) {
    await store.close()
    if (!(error instanceof UnsuitableServerError)) throw error
    throw new StartError(`The server of REDIS_URL cannot be used: ${error.message}.`, { cause: error })
  }
}

function createStore(config: Config, origin: string, warn: (line: string) => void): Store {
  if (config.REDIS_URL === undefined) {
    return memoryStore({ maxEntries: config.LARDER_MEMORY_ENTRIES, maxBytes: config.LARDER_MEMORY_MB * 1024 * 1024 })
  }
  const options = {
    prefix: config.LARDER_CACHE_PREFIX,
    origin,
    readTimeoutMs: config.LARDER_REDIS_READ_TIMEOUT_MS,
    writeTimeoutMs: config.LARDER_REDIS_WRITE_TIMEOUT_MS,
    warn,
  }
  const urls = clusterUrls(config.REDIS_URL)
  return urls === null ? redisStore({ ...options, url: config.REDIS_URL }) : clusterStore({ ...options, urls })
}

/** Where instances share small things besides the cache; nowhere without Redis. */
export function connectShared({ REDIS_URL, LARDER_CACHE_PREFIX }: Config): SharedValues | undefined {
  if (REDIS_URL === undefined) return undefined
  const urls = clusterUrls(REDIS_URL)
  return connectSharedValues(urls ?? [REDIS_URL], urls !== null, LARDER_CACHE_PREFIX)
}

/** The nodes of `redis-cluster://user:password@one:6379,two:6379` as urls of their own; null for a single server. */
function clusterUrls(url: string): string[] | null {
  const [, scheme, login = '', hosts] = /^(rediss?)-cluster:\/\/([^@/]*@)?([^/]+)\/?$/.exec(url) ?? []
  return hosts?.split(',').map((host) => `${scheme}://${login}${host}`) ?? null
}
