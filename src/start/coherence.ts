import type { Cache } from '../cache/index.ts'
import { Causes, type Catalog, type EvictionEvent } from '../catalog/index.ts'
import { startRelay, type OutboxRow, type Relay } from '../database/relay.ts'

/**
 * Ties the cache to the database: every changed row that the relay brings is evicted, and the cache is used only while the
 * relay is sure to bring them. Returns once it is known whether it is.
 */
export async function keepCoherent(
  url: string,
  catalog: Catalog,
  cache: Cache,
  print: (line: string) => void,
  tell: (event: EvictionEvent) => void,
): Promise<Relay> {
  await cache.trust(false)
  let lost: string | null = null
  const relay = startRelay({
    url,
    mode: cache.store.shared ? 'shared' : 'exclusive',
    async deliver(rows) {
      const read = performance.now()
      const causes = new Causes()
      const keys = await catalog.affectedKeys(rows, causes)
      const failed = await cache.evict(keys)
      if (failed.length > 0) throw new Error(`${failed.length} entries could not be evicted`)
      const lagMs = oldest(rows) + performance.now() - read
      tell({ type: 'eviction', by: 'relay', causes: causes.list(), keys: keys.length, lagMs })
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

function oldest(rows: readonly OutboxRow[]): number {
  return Math.max(0, ...rows.map(({ ageMs = 0 }) => ageMs))
}
