import type { Cache } from '../cache/index.ts'
import { Causes, type Catalog, type EvictionEvent } from '../catalog/index.ts'
import type { Epochs } from '../database/cache-server.ts'
import type { OutboxRow } from '../database/outbox.ts'
import { startRelay, type Relay } from '../database/relay.ts'

export interface CoherenceOptions {
  /** A direct connection to the database. */
  readonly url: string
  readonly catalog: Catalog
  readonly cache: Cache
  /** Names this process. */
  readonly instance: string
  /** The epochs in which it uses the cache at this moment; those of its store by default. */
  readonly epochs?: () => Epochs
  /** How long the store is vouched for at a time, in ms. */
  readonly trustMs: number
  /** Is told when the cache is not used any more, why, and when it is again. */
  readonly warn: (line: string) => void
  /** Is told of every eviction. */
  readonly tell: (event: EvictionEvent) => void
}

/**
 * Ties the cache to the database: every changed row that the relay brings is evicted, and the cache is used only while the
 * relay is sure to bring them. Returns once it is known whether it is.
 */
export async function keepCoherent(options: CoherenceOptions): Promise<Relay> {
  const { url, catalog, cache, instance, epochs, trustMs, warn, tell } = options
  const { store } = cache
  await cache.trust(false)
  let lost: string | null = null
  let vouchedAt = -Infinity
  const relay = startRelay({
    url,
    mode: store.shared ? 'shared' : 'exclusive',
    id: instance,
    reachable: () => store.reachable(),
    epochs: epochs ?? (() => store.epochs()),
    onSuperseded: () => store.reconnect(),
    async deliver(rows) {
      const read = performance.now()
      const causes = new Causes()
      const keys = await catalog.affectedKeys(rows, causes)
      const failed = new Set(await cache.evict(keys))
      if (failed.size > 0) return rows.filter((row) => causes.keysOf(row).some((key) => failed.has(key)))
      const lagMs = oldest(rows) + performance.now() - read
      tell({ type: 'eviction', by: 'relay', causes: causes.list(), keys: keys.length, lagMs })
      return []
    },
    onDelivered(moment) {
      const now = performance.now()
      if (now - vouchedAt < trustMs / 4) return
      vouchedAt = now
      // whatever was committed before that moment has been evicted; it does not matter where this fails
      void store.vouch(trustMs - (now - moment)).catch(() => {})
    },
    async onTrust(stillTrusted) {
      await cache.trust(true, stillTrusted)
      // as loud as what it takes back
      if (lost !== null) warn('The cache is in use again.')
      lost = null
    },
    async onDistrust(reason) {
      await cache.trust(false)
      if (reason !== null && lost !== reason) warn(`The cache is not used, reads go to the database: ${reason}`)
      lost = reason
    },
    onOrigin: (origin) => store.bind(origin),
  })
  await relay.started
  return relay
}

function oldest(rows: readonly OutboxRow[]): number {
  return Math.max(0, ...rows.map(({ ageMs = 0 }) => ageMs))
}
