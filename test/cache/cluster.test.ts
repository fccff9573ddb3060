import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slotOf } from '../../src/cache/cluster-slots.ts'
import { clusterStore, createCache, int, object, shape, type CacheEvent, type Store } from '../../src/cache/index.ts'
import { testRedis } from '../setup/index.ts'
import { startProxy } from '../setup/proxy.ts'
import { startCluster, type TestCluster } from '../setup/redis-cluster.ts'

describe.skipIf(testRedis() === null)('in a Redis Cluster', () => {
  let cluster: TestCluster
  let clients: Redis[]
  let store: Store

  beforeAll(async () => {
    cluster = await startCluster()
    clients = cluster.urls.map((url) => new Redis(url, { retryStrategy: () => null }))
    for (const client of clients) client.on('error', () => {})
    store = clusterStore({ urls: cluster.urls, readTimeoutMs: 2000, writeTimeoutMs: 2000 })
    await store.ready
  })
  afterAll(async () => {
    await store.close()
    for (const client of clients) client.disconnect()
    await cluster.stop()
  })

  const nodeOf = (key: string): number => Math.floor(slotOf(key) / Math.ceil(16_384 / 3))

  /** A cache of numbers that names itself, with a prefix of its own. */
  function numbers(): {
    read: (ids: readonly number[]) => Promise<unknown[]>
    key: (id: number) => string
    loads: number[]
    evict: (id: number) => Promise<string[]>
  } {
    const loads: number[] = []
    const events: CacheEvent[] = []
    const prefix = 'larder'
    const cache = createCache({ store, prefix, listener: (event) => events.push(event) })
    // its generation lies on the first node, which stays
    let name = ''
    while (nodeOf(`${prefix}:generation:${name}`) !== 0) name = `number${randomBytes(4).toString('hex')}`
    const kind = cache.kind<number, { id: number }>({
      name,
      shape: shape(1, object({ id: int })),
      key: (id) => [String(id)],
      load: (ids) => {
        loads.push(...ids)
        return Promise.resolve(ids.map((id) => ({ id })))
      },
    })
    return {
      read: (ids) => kind.read(ids),
      key: (id) => kind.key(id),
      loads,
      evict: (id) => cache.evict([kind.key(id)]),
    }
  }

  const ids = Array.from({ length: 60 }, (_, i) => i)
  const rows = ids.map((id) => ({ id }))

  it('a batch over all nodes is loaded once, and then comes from them', async () => {
    const { read, key, loads } = numbers()
    expect(new Set(ids.map((id) => nodeOf(key(id))))).toEqual(new Set([0, 1, 2]))
    expect(await read(ids)).toEqual(rows)
    expect(await read(ids)).toEqual(rows)
    expect(loads).toEqual(ids)
  })

  it('an eviction finds its key while the slot is moving, and after it has moved', async () => {
    const { read, key, loads, evict } = numbers()
    await read(ids)
    const id = ids.find((each) => nodeOf(key(each)) === 0) ?? 0
    const slot = slotOf(key(id))
    const [source, target] = clients as [Redis, Redis]
    const [sourceId, targetId] = await Promise.all([source, target].map((client) => client.cluster('MYID')))
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId ?? '')
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId ?? '')
    await source.call('MIGRATE', '127.0.0.1', cluster.nodes[1]?.port ?? 0, key(id), 0, 5000)
    await target.call('ASKING')
    expect(await target.exists(key(id))).toBe(1)

    expect(await evict(id)).toEqual([])
    await target.call('ASKING')
    expect(await target.exists(key(id))).toBe(0)
    expect(await read([id])).toEqual([{ id }])

    for (const client of clients) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', targetId ?? '')
    expect(await evict(id)).toEqual([])
    expect(await target.exists(key(id))).toBe(0)
    loads.length = 0
    while (loads.length === 0 || (await target.exists(key(id))) === 0) expect(await read([id])).toEqual([{ id }])
    loads.length = 0
    expect(await read([id])).toEqual([{ id }])
    expect(loads).toEqual([])
  })

  it('the map of the slots is had from any node, also when those that are configured are gone', async () => {
    const proxy = await startProxy(cluster.nodes[0]?.port ?? 0)
    const other = clusterStore({ urls: [`redis://127.0.0.1:${proxy.port}`], readTimeoutMs: 2000, writeTimeoutMs: 2000 })
    await other.ready
    proxy.refuse()
    // of the second node's, where nothing is stored
    let key = 'moved'
    while (nodeOf(key) !== 1) key += '.'
    const target = await clients[2]?.cluster('MYID')
    for (const client of clients) await client.call('CLUSTER', 'SETSLOT', slotOf(key), 'NODE', target ?? '')
    expect(await other.apply([{ do: 'evict', key, writer: null }])).toEqual([false])
    expect(other.trouble()).toBeNull()
    await other.close()
    await proxy.stop()
  })

  it('a node that is gone costs its own keys, and evictions on it are told', async () => {
    const { read, key, loads, evict } = numbers()
    await read(ids)
    loads.length = 0
    // the map of the slots stays, the cluster is asked to serve what it still has
    for (const client of clients) await client.config('SET', 'cluster-require-full-coverage', 'no')
    await cluster.nodes[2]?.stop()
    expect(await read(ids)).toEqual(rows)
    const lost = ids.filter((id) => nodeOf(key(id)) === 2)
    const kept = ids.filter((id) => nodeOf(key(id)) !== 2)
    expect(loads.toSorted((a, b) => a - b)).toEqual(lost)
    expect(lost.length).toBeGreaterThan(0)
    expect(await evict(lost[0] ?? 0)).toEqual([key(lost[0] ?? 0)])
    expect(await evict(kept[0] ?? 0)).toEqual([])
    expect(store.trouble()).not.toBeNull()
  })
})
