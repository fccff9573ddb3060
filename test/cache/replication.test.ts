import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  connectThroughSentinels,
  createCache,
  int,
  redisStore,
  shape,
  type Cache,
  type CacheEvent,
  type Kind,
  type RedisStoreOptions,
} from '../../src/cache/index.ts'
import { freePort } from '../../src/database/postgres-server.ts'
import { testRedis } from '../setup/index.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'
import { findRedisServer } from '../setup/redis-server.ts'
import { startReplication, type TestReplication } from '../setup/redis-replication.ts'
import { until } from '../setup/until.ts'

/** A process with a cache of things, whose database holds one number for all of them. */
interface Instance {
  readonly cache: Cache
  readonly things: Kind<number, number>
  /** How the last read of thing 1 went, in events. */
  readonly read: () => Promise<{ value: unknown; events: string[] }>
}

let servers: TestReplication
let proxy: TestProxy
let stored: number
const opened: Cache[] = []

beforeEach(async () => {
  stored = 1
  servers = await startReplication()
  proxy = await startProxy(servers.primary.port)
})
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close()
  await proxy.stop()
  await servers.stop()
})

async function open(options: Partial<RedisStoreOptions> = {}): Promise<Instance> {
  const store = redisStore({
    url: `redis://127.0.0.1:${proxy.port}`,
    readTimeoutMs: 2000,
    writeTimeoutMs: 2000,
    vouching: 'with-replicas',
    ...options,
  })
  await store.ready
  const events: CacheEvent[] = []
  const cache = createCache({ store, listener: (event) => events.push(event) })
  opened.push(cache)
  const things = cache.kind<number, number>({
    name: 'thing',
    shape: shape(1, int),
    key: (id) => [String(id)],
    load: (ids) => Promise.resolve(ids.map(() => stored)),
  })
  return {
    cache,
    things,
    read: async () => {
      events.length = 0
      const [value] = await things.read([1])
      return {
        value,
        events: events.map(({ type }) => type).filter((type) => !['batch', 'command', 'load'].includes(type)),
      }
    },
  }
}

describe.skipIf(testRedis() === null)('Redis with a replica', () => {
  it('is read only while somebody vouches for it', async () => {
    const { cache, read } = await open()
    expect(await read()).toEqual({ value: 1, events: ['bypass'] })
    await cache.store.vouch(60_000)
    expect(await read()).toEqual({ value: 1, events: ['miss', 'fill'] })
    expect(await read()).toEqual({ value: 1, events: ['hit'] })
    await cache.store.vouch(1)
    await until(async () => (await servers.onPrimary.exists('larder:trust')) === 0)
    expect(await read()).toEqual({ value: 1, events: ['bypass'] })
  })

  it('cut off with an instance and replaced unawares, serves nothing once the last word of trust has run out', async () => {
    const cutOff = await open()
    await cutOff.cache.store.vouch(60_000)
    await cutOff.read()
    await servers.onReplica.replicaof('NO', 'ONE')
    const other = await open({ url: servers.replica.url, vouching: 'always' })
    await other.cache.store.vouch(60_000)
    stored = 2
    expect(await other.cache.evict([other.things.key(1)])).toEqual([])
    // nobody who sees the database reaches the old primary: what it was vouched for ends
    await servers.onPrimary.pexpire('larder:trust', 1)
    await until(async () => (await servers.onPrimary.exists('larder:trust')) === 0)
    expect(await servers.onPrimary.exists(cutOff.things.key(1))).toBe(1)
    expect(await cutOff.read()).toEqual({ value: 2, events: ['bypass'] })
  })

  it('demoted while the connection stands, serves nothing from that moment', async () => {
    const { cache, things, read } = await open()
    await cache.store.vouch(60_000)
    await read()
    await servers.onPrimary.replicaof('127.0.0.1', 1)
    stored = 2
    expect(await servers.onPrimary.exists(things.key(1))).toBe(1)
    expect(await read()).toEqual({ value: 2, events: expect.arrayContaining(['bypass']) })
  })

  it('demoted, takes no word of trust, and whoever gives it is told', async () => {
    const { cache } = await open()
    await servers.onPrimary.replicaof('127.0.0.1', 1)
    await expect(cache.store.vouch(60_000)).rejects.toThrow('READONLY')
    expect(cache.store.reachable()).toBe(false)
  })

  it('handed over by FAILOVER and back keeps nothing of what was evicted meanwhile', async () => {
    const { cache, things, read } = await open()
    await cache.store.vouch(60_000)
    await read()
    await servers.onPrimary.call('FAILOVER', 'TO', '127.0.0.1', String(servers.replica.port))
    await servers.says(servers.onReplica, 'role:master')
    await servers.says(servers.onPrimary, 'role:slave')
    expect((await read()).events).toContain('bypass')
    // the address leads to the new primary from now on
    proxy.lead(servers.replica.port)
    await until(() => cache.store.reachable())
    await cache.store.vouch(60_000)
    stored = 2
    expect(await cache.evict([things.key(1)])).toEqual([])
    expect((await read()).value).toBe(2)
    await servers.says(servers.onPrimary, 'master_link_status:up')
    await servers.onReplica.call('FAILOVER', 'TO', '127.0.0.1', String(servers.primary.port))
    await servers.says(servers.onPrimary, 'role:master')
    proxy.lead(servers.primary.port)
    await until(async () => {
      await cache.store.vouch(60_000).catch(() => {})
      const { value, events } = await read()
      expect(value).toBe(2)
      return events.includes('hit')
    })
  })

  it('that goes on taking writes when it is cut off is told, with what to do', async () => {
    const told: string[] = []
    await open({ warn: (message) => told.push(message) })
    expect(told.join()).toContain('min-replicas-to-write 1')
  })
})

describe.skipIf(testRedis() === null)('the database behind the cache', () => {
  it('restored or replaced leaves nothing of what was cached before', async () => {
    const { cache, read } = await open({ vouching: 'never' })
    await read()
    stored = 2
    await cache.store.bind('another')
    expect(await read()).toEqual({ value: 2, events: ['miss', 'fill'] })
  })
})

describe.skipIf(testRedis() === null)('Sentinel', () => {
  let sentinel: ChildProcess
  let folder: string
  let port: number

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'larder-sentinel-'))
    port = await freePort()
    const file = join(folder, 'sentinel.conf')
    await writeFile(
      file,
      `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor shop 127.0.0.1 ${servers.primary.port} 1\n` +
        'sentinel down-after-milliseconds shop 500\nsentinel failover-timeout shop 3000\n',
    )
    const found = await findRedisServer()
    sentinel = spawn('program' in found ? found.program : '', [file, '--sentinel'], { stdio: 'ignore' })
    const client = new Redis(port, '127.0.0.1')
    client.on('error', () => {})
    await until(async () => String(await client.call('SENTINEL', 'REPLICAS', 'shop').catch(() => '')).includes('slave'))
    client.disconnect()
  })
  afterEach(async () => {
    const exited = once(sentinel, 'exit')
    sentinel.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  })

  it('leads to the primary, and to its successor when that died, where nothing former is read', async () => {
    const { cache, read } = await open({
      connect: connectThroughSentinels({ sentinels: [{ host: '127.0.0.1', port }], name: 'shop', tls: false }),
      vouching: 'always',
    })
    await cache.store.vouch(60_000)
    expect((await read()).events).toEqual(['miss', 'fill'])
    expect((await read()).events).toEqual(['hit'])
    await servers.says(servers.onReplica, 'master_link_status:up')
    await servers.primary.stop()
    await servers.says(servers.onReplica, 'role:master')
    stored = 2
    await until(() => cache.store.reachable())
    await cache.store.vouch(60_000)
    expect((await read()).value).toBe(2)
  })
})
