import type { Cache } from '../cache/index.ts'
import type { Database } from '../database/client.ts'
import type { OutboxSample, SampleEvent } from '../observe/index.ts'
import type { SharedValues } from '../redis/shared-values.ts'

interface Sampled {
  readonly cache: Cache
  readonly reader: Database
  readonly writer: Database
  readonly shared: SharedValues | undefined
}

const deepestCounted = 10_000

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

async function sampleOutbox({ prisma }: Database): Promise<OutboxSample | null> {
  const sample = prisma.$queryRaw<OutboxSample[]>`
    SELECT count(*)::int4 AS depth,
      coalesce(extract(epoch FROM clock_timestamp() - min("created_at")) * 1000, 0)::float8 AS "oldestMs"
    FROM (SELECT "created_at" FROM "outbox" ORDER BY "id" LIMIT ${deepestCounted + 1}) AS counted`
  return sample.then(
    ([found]) => found ?? null,
    () => null,
  )
}
