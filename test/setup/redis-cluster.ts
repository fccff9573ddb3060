import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../src/database/postgres-server.ts'
import { startRedis, type TestRedis } from './redis-server.ts'

/** A Redis Cluster of our own: three primaries. */
export interface TestCluster {
  readonly urls: readonly string[]
  readonly nodes: readonly TestRedis[]
  stop(): Promise<void>
}

export async function startCluster(): Promise<TestCluster> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-config-file', 'nodes.conf']
  // by default it is 10000 above the port, whoever has that
  const buses = await Promise.all([0, 1, 2].map(() => freePort()))
  const nodes = await Promise.all(buses.map((bus) => startRedis([...settings, '--cluster-port', String(bus)])))
  const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'))
  const [first] = nodes
  const share = Math.ceil(16_384 / nodes.length)
  for (const [i, client] of clients.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(i * share), String(Math.min((i + 1) * share, 16_384) - 1))
    if (i > 0 && first !== undefined) {
      await client.call('CLUSTER', 'MEET', '127.0.0.1', String(first.port), String(buses[0]))
    }
  }
  for (const client of clients) {
    while (!(await isWhole(client, nodes.length))) await sleep(25)
    client.disconnect()
  }
  return {
    urls: nodes.map(({ url }) => url),
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

async function isWhole(client: Redis, nodes: number): Promise<boolean> {
  const info = await client.cluster('INFO')
  const slots = (await client.cluster('SLOTS')) as unknown[]
  return info.includes('cluster_state:ok') && slots.length === nodes
}
