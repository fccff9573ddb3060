import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisStore, newToken, type Admit, type RedisStoreOptions, type Store } from '../../src/cache/index.ts'
import { connectRedis, type Command, type Connect } from '../../src/cache/redis-connection.ts'
import { gate } from '../setup/gate.ts'
import { testRedis } from '../setup/index.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'
import { startReplication, type TestReplication } from '../setup/redis-replication.ts'
import { startRedis, type TestRedis } from '../setup/redis-server.ts'
import { until } from '../setup/until.ts'

const stops: (() => Promise<unknown>)[] = []
const patient = { readTimeoutMs: 10_000, writeTimeoutMs: 10_000 }

/** A database that answers which epoch it is when a test says so, each time that it is asked. */
function slowDatabase(): { admit: Admit; asked: { answer: (epoch: string) => void; fail: (error: Error) => void }[] } {
  const asked: ReturnType<typeof slowDatabase>['asked'] = []
  return { admit: () => new Promise((answer, fail) => asked.push({ answer, fail })), asked }
}

function open(options: RedisStoreOptions): Store {
  const store = redisStore({ ...patient, ...options })
  stops.push(() => store.close())
  return store
}

/** A store whose server was met once; what the database is asked from then on is answered by the caller. */
async function met(url: string): Promise<{ store: Store; asked: ReturnType<typeof slowDatabase>['asked'] }> {
  const { admit, asked } = slowDatabase()
  const store = open({ url, admit })
  await until(() => asked.length === 1)
  asked[0]?.answer('1')
  await store.ready
  return { store, asked }
}

/** Waits until everything has been answered that the store was about to ask. */
async function settled(store: Store): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await new Promise(setImmediate)
    await store.read(['key'])
  }
}

async function put(store: Store, key: string): Promise<void> {
  const lease = newToken()
  await store.apply([{ do: 'acquire', key, token: lease, outdated: '', leaseMs: 60_000 }])
  const value = { is: 'value', token: newToken(), stamps: 's', json: 'true' } as const
  expect(await store.apply([{ do: 'fill', key, lease, value, ttlMs: 60_000 }])).toEqual([true])
}

const lifeIn = async (store: Store): Promise<string | null> => (await store.read(['key'])).lives[0] ?? null
const evict = { do: 'evict', key: 'key', writer: 'w' } as const
const hold = { do: 'hold', key: 'key', writer: 'w', holdMs: 60_000 } as const

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

describe.skipIf(testRedis() === null)(
  'a server whose copy takes its place while the database is asked about it',
  () => {
    let servers: TestReplication
    let proxy: TestProxy

    beforeEach(async () => {
      servers = await startReplication()
      proxy = await startProxy(servers.primary.port)
      stops.push(
        () => servers.stop(),
        () => proxy.stop(),
      )
    })

    it('lends its life to no copy, which may have missed an eviction', async () => {
      const before = open({ url: servers.primary.url, admit: () => Promise.resolve('1') })
      await before.ready
      await put(before, 'key')
      const life = await lifeIn(before)
      await until(async () => (await servers.onReplica.exists('key', 'larder:life')) === 2)
      let connections = 0
      const counted: Connect = (url, events) =>
        connectRedis(url, {
          ...events,
          onReady() {
            connections += 1
            events.onReady()
          },
        })
      const { admit, asked } = slowDatabase()
      const store = open({ url: `redis://127.0.0.1:${proxy.port}`, connect: counted, admit })
      await until(() => asked.length === 1)
      await servers.onReplica.replicaof('NO', 'ONE')
      expect(await before.apply([evict])).toEqual([true])
      proxy.lead(servers.replica.port)
      await until(() => connections === 2)
      asked[0]?.answer('1')
      await settled(store)
      expect((await store.read(['key'])).values).toEqual([expect.stringMatching(/^=/)])
      expect(await lifeIn(store)).toBeNull()
      await until(() => asked.length === 2)
      asked[1]?.answer('2')
      await until(() => store.reachable())
      expect([null, life]).not.toContain(await lifeIn(store))
    })
  },
)

describe.skipIf(testRedis() === null)('a server that is met', () => {
  let one: TestRedis
  let two: TestRedis
  let proxy: TestProxy
  let url: string

  beforeEach(async () => {
    ;[one, two] = await Promise.all([startRedis(), startRedis()])
    proxy = await startProxy(one.port)
    url = `redis://127.0.0.1:${proxy.port}`
    stops.push(
      () => one.stop(),
      () => two.stop(),
      () => proxy.stop(),
    )
  })

  it.each<[string, (first: { answer: (epoch: string) => void; fail: (error: Error) => void }) => void]>([
    ['an answer', ({ answer }) => answer('1')],
    ['a failure', ({ fail }) => fail(new Error('the database is away'))],
  ])('stays known when %s about the one before comes late', async (_name, comes) => {
    const { admit, asked } = slowDatabase()
    const store = open({ url, admit, writeTimeoutMs: 500 })
    await until(() => asked.length === 1)
    proxy.lead(two.port)
    await until(() => asked.length === 2)
    asked[1]?.answer('2')
    await until(() => store.reachable())
    const life = await lifeIn(store)
    if (asked[0] !== undefined) comes(asked[0])
    await settled(store)
    expect(await lifeIn(store)).toBe(life)
    expect(store.epochs()).toEqual({ 'larder:life': '2' })
    expect(store.trouble()).toBeNull()
  })

  it('is used though the database took longer to admit it than Redis may take to answer', async () => {
    const { admit, asked } = slowDatabase()
    const store = open({ url, admit, writeTimeoutMs: 100 })
    await until(() => asked.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    asked[0]?.answer('1')
    await store.ready
    expect(store.trouble()).toBeNull()
    expect(await lifeIn(store)).not.toBeNull()
    expect(asked).toHaveLength(1)
  })

  it('is read over a new connection only once the database has answered, though it is the same one', async () => {
    const { store, asked } = await met(url)
    const life = await lifeIn(store)
    proxy.breakAll()
    await until(() => asked.length === 2)
    asked[1]?.fail(new Error('the database is away'))
    await settled(store)
    expect(await lifeIn(store)).toBeNull()
    await until(() => asked.length === 3)
    asked[2]?.answer('1')
    await until(() => store.reachable())
    expect(await lifeIn(store)).toBe(life)
  })

  it('makes nothing certain before that: what is held and evicted there is not where everybody reads', async () => {
    const { store, asked } = await met(url)
    await put(store, 'key')
    const life = await lifeIn(store)
    proxy.lead(two.port)
    await until(() => asked.length === 2)
    const outcomes = [...(await store.apply([hold])), ...(await store.apply([evict]))]
    expect(outcomes).toEqual([expect.any(Error), expect.any(Error)])
    // back to where nobody has heard of it, and the database knows no other
    proxy.lead(one.port)
    await until(() => asked.length === 3)
    asked[2]?.answer('1')
    await until(() => store.reachable())
    expect(await lifeIn(store)).toBe(life)
    expect(await store.apply([evict])).toEqual([true])
  })

  it('for one database gives no life to another that takes its place meanwhile', async () => {
    const { reached, arrive, open: answer } = gate()
    const slow: Connect = (to, events) => {
      const connection = connectRedis(to, events)
      return Object.assign(Object.create(connection) as typeof connection, {
        async send(commands: readonly Command[]) {
          const replies = await connection.send(commands)
          const beginsLife = commands[0]?.[3] === 'larder:life'
          if (beginsLife) await arrive()
          return replies
        },
      })
    }
    const { admit, asked } = slowDatabase()
    const store = open({ url, origin: 'one', connect: slow, admit })
    await until(() => asked.length === 1)
    asked[0]?.answer('1')
    await reached
    const bound = store.bind('two')
    answer()
    await until(() => asked.length === 2)
    await settled(store)
    expect(await lifeIn(store)).toBeNull()
    asked[1]?.answer('1')
    await bound
    expect(await lifeIn(store)).not.toBeNull()
  })
})
