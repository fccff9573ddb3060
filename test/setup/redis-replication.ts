import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startRedis, type TestRedis } from './redis-server.ts'

/** A Redis server with a copy of it that follows, and a client of each. */
export interface TestReplication {
  readonly primary: TestRedis
  readonly replica: TestRedis
  readonly onPrimary: Redis
  readonly onReplica: Redis
  /** Waits until a server says this of itself. */
  says(client: Redis, text: string): Promise<void>
  stop(): Promise<void>
}

export async function startReplication(): Promise<TestReplication> {
  const settings = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1']
  const [primary, replica] = [await startRedis(settings), await startRedis(settings)]
  const [onPrimary, onReplica] = [new Redis(primary.url), new Redis(replica.url)]
  for (const client of [onPrimary, onReplica]) client.on('error', () => {})
  await onReplica.replicaof('127.0.0.1', primary.port)
  await says(onReplica, 'master_link_status:up')
  await says(onPrimary, 'state=online')
  return {
    primary,
    replica,
    onPrimary,
    onReplica,
    says,
    async stop() {
      onPrimary.disconnect()
      onReplica.disconnect()
      await Promise.all([primary.stop(), replica.stop()])
    },
  }
}

async function says(client: Redis, text: string): Promise<void> {
  while (!(await client.info('replication').catch(() => '')).includes(text)) await sleep(10)
}
