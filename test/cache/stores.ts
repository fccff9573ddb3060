import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { clusterStore, memoryStore, redisStore, type Store } from '../../src/cache/index.ts'
import { slotOf } from '../../src/cache/cluster-slots.ts'
import { startCluster } from '../setup/redis-cluster.ts'
import { testRedis } from '../setup/index.ts'

/** A store of every kind, and a way around it: what other processes and accidents would do to its keys. */
export interface StoreUnderTest {
  readonly name: string
  readonly skip: boolean
  start(): Promise<StoreHarness>
}

export interface StoreHarness {
  readonly prefix: string
  open(): Promise<Store>
  /** Puts text under a key past the protocol. Null where nobody else can reach the store. */
  readonly put: ((key: string, text: string) => Promise<void>) | null
  stop(): Promise<void>
}

const patient = { readTimeoutMs: 10_000, writeTimeoutMs: 10_000 }
const redis = testRedis()

export const storesUnderTest: readonly StoreUnderTest[] = [
  {
    name: 'the in-process store',
    skip: false,
    start: () =>
      Promise.resolve({
        prefix: 'test',
        open: () => Promise.resolve(memoryStore()),
        put: null,
        stop: () => Promise.resolve(),
      }),
  },
  {
    name: 'Redis',
    skip: redis === null,
    async start() {
      const url = redis?.url ?? ''
      const client = new Redis(url)
      const prefix = newPrefix()
      return Promise.resolve({
        prefix,
        open: () => opened(redisStore({ url, prefix, ...patient })),
        put: async (key: string, text: string) => void (await client.set(key, text)),
        stop: () => Promise.resolve(client.disconnect()),
      })
    },
  },
  {
    name: 'a Redis Cluster of three nodes',
    skip: redis === null,
    async start() {
      const cluster = await startCluster()
      const clients = cluster.urls.map((url) => new Redis(url))
      const prefix = newPrefix()
      return {
        prefix,
        open: () => opened(clusterStore({ urls: cluster.urls, prefix, ...patient })),
        put: async (key, text) => void (await clients[Math.floor(slotOf(key) / Math.ceil(16_384 / 3))]?.set(key, text)),
        async stop() {
          for (const client of clients) client.disconnect()
          await cluster.stop()
        },
      }
    },
  },
]

async function opened(store: Store): Promise<Store> {
  await store.ready
  return store
}

function newPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}`
}
