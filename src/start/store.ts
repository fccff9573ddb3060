import {
  clusterStore,
  connectThroughSentinels,
  memoryStore,
  redisStore,
  UnsuitableServerError,
  type Admit,
  type Store,
} from '../cache/index.ts'
import type { Config } from '../config.ts'
import { redisAddress } from '../redis/address.ts'
import { connectSharedValues, type SharedValues } from '../redis/shared-values.ts'
import { StartError } from '../start-error.ts'

/**
 * The store that the configuration names, once it is known whether it can be used.
 * @param origin names the database that is cached
 * @param admit records which server is used
 * @throws StartError where a server was reached that can never be used
 */
export async function openStore(
  config: Config,
  origin: string,
  admit: Admit,
  warn: (line: string) => void,
): Promise<Store> {
  const store = createStore(config, origin, admit, warn)
  try {
    await store.ready
    refuseMissingDatabase(store.trouble())
    return store
  } catch (error) {
    await store.close()
    if (!(error instanceof UnsuitableServerError)) throw error
    throw new StartError(`The server of REDIS_URL cannot be used: ${error.message}.`, { cause: error })
  }
}

/** The client would go on without having selected one: with the first, which may be somebody else's. */
function refuseMissingDatabase(trouble: string | null): void {
  if (trouble === null || !trouble.includes('DB index is out of range')) return
  throw new StartError(
    `REDIS_URL must end in the number of a database that its server has, but Redis says: ${trouble}. ` +
      'Take a smaller number, or raise the setting "databases" of the server.',
  )
}

/** Where the configuration keeps the cache, for the database to tell whether that has changed. */
export function placeOf({ REDIS_URL, LARDER_CACHE_PREFIX }: Config): string {
  return REDIS_URL === undefined ? 'process' : `${redisAddress(REDIS_URL).is} ${LARDER_CACHE_PREFIX}`
}

function createStore(config: Config, origin: string, admit: Admit, warn: (line: string) => void): Store {
  const maxBytes = config.LARDER_MEMORY_MB * 1024 * 1024
  if (config.REDIS_URL === undefined) {
    return memoryStore({ maxEntries: config.LARDER_MEMORY_ENTRIES, maxBytes })
  }
  const options = {
    prefix: config.LARDER_CACHE_PREFIX,
    origin,
    admit,
    readTimeoutMs: config.LARDER_REDIS_READ_TIMEOUT_MS,
    writeTimeoutMs: config.LARDER_REDIS_WRITE_TIMEOUT_MS,
    warn,
  }
  const address = redisAddress(config.REDIS_URL)
  switch (address.is) {
    case 'server':
      return redisStore({ ...options, url: address.url, nearBytes: maxBytes, vouching: 'with-replicas' })
    case 'cluster':
      return clusterStore({ ...options, urls: address.urls, vouching: 'always' })
    case 'sentinels':
      return redisStore({
        ...options,
        url: '',
        connect: connectThroughSentinels(address),
        nearBytes: maxBytes,
        vouching: 'always',
      })
  }
}

/** Where instances share small things besides the cache; nowhere without Redis. */
export function connectShared({ REDIS_URL, LARDER_CACHE_PREFIX }: Config): SharedValues | undefined {
  return REDIS_URL === undefined ? undefined : connectSharedValues(redisAddress(REDIS_URL), LARDER_CACHE_PREFIX)
}
