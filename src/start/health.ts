import type { Cache } from '../cache/index.ts'
import type { Database } from '../database/client.ts'
import { outboxDepth, type OutboxDepth } from '../database/outbox.ts'
import type { DependencyHealth } from '../http/health.ts'

export async function databaseHealth(database: Database): Promise<DependencyHealth & { outbox?: OutboxDepth }> {
  try {
    return { ok: true, outbox: await outboxDepth(database) }
  } catch (error) {
    return { ok: false, reason: (error as Error).message }
  }
}

/** Without its cache Larder is slower, and right all the same. */
export function cacheHealth(cache: Cache): DependencyHealth {
  if (!cache.trusted) return { ok: false, reason: 'changes may go unnoticed at present, so reads go to the database' }
  const trouble = cache.store.trouble()
  return trouble === null ? { ok: true } : { ok: false, reason: trouble }
}
