import type { Cache } from '../cache/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { startRelay, type Relay } from '../database/relay.ts'

/**
 * Ties the cache to the database: every changed row that the relay brings is evicted, and the cache is used only while the
 * relay is sure to bring them. Returns once it is known whether it is.
 */
export async function keepCoherent(
  url: string,
  catalog: Catalog,
  cache: Cache,
  print: (line: string) => void,
): Promise<Relay> {
  await cache.trust(false)
  let lost: string | null = null
  const relay = startRelay({
    url,
    mode: cache.store.shared ? 'shared' : 'exclusive',
    async deliver(rows) {
      const failed = await cache.evict(await catalog.affectedKeys(rows))
      if (failed.length > 0) throw new Error(`${failed.length} entries could not be evicted`)
    },
    async onCaughtUp() {
      await cache.trust(true)
      if (lost !== null) print('The cache is in use again.')
      lost = null
    },
    async onLost(reason) {
      await cache.trust(false)
      if (lost !== reason) print(`The cache is not used, reads go to the database: ${reason}`)
      lost = reason
    },
  })
  await relay.started
  return relay
}
