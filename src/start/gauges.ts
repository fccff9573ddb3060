import type { Cache } from '../cache/index.ts'
import type { Database } from '../database/client.ts'
import { outboxDepth } from '../database/outbox.ts'
import type { Connections } from '../database/pool.ts'
import type { OutboxSample, SampleEvent } from '../observe/index.ts'
import type { SharedValues } from '../redis/shared-values.ts'

interface Sampled {
  readonly cache: Cache
  readonly reader: Database
  readonly writer: Pick<Connections, 'pool'>
  readonly shared: SharedValues | undefined
}

/** How the cache, Redis, the database and its outbox are at this moment. */
export async function takeSample({
  cache,
  reader,
  writer,
  shared,
}: Sampled): Promise<Omit<SampleEvent, 'type' | 'eventLoop'>> {
  const [redis, outbox] = await Promise.all([shared?.memory() ?? null, sampleOutbox(reader)])
  return {
    cache: { store: cache.store.name, trusted: cache.trusted, trouble: cache.store.trouble() },
    redis,
    pools: { read: reader.pool(), write: writer.pool() },
    outbox,
  }
}

async function sampleOutbox(database: Database): Promise<OutboxSample | null> {
  const depth = await outboxDepth(database).catch(() => null)
  return depth && { depth: depth.rows, oldestMs: depth.oldestMs }
}
