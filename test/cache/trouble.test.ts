import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createCache,
  int,
  object,
  redisStore,
  shape,
  text,
  type Cache,
  type CacheEvent,
  type Kind,
  type Store,
} from '../../src/cache/index.ts'
import { Breaker } from '../../src/cache/breaker.ts'
import { connectRedis, type Command, type Connect } from '../../src/cache/redis-connection.ts'
import { freePort } from '../../src/database/postgres-server.ts'
import { look } from '../../src/cache/look-script.ts'
import { onceAMinute } from '../../src/cache/redis-options.ts'
import { testRedis } from '../setup/index.ts'
import { startProxy } from '../setup/proxy.ts'
import { startRedis, type TestRedis } from '../setup/redis-server.ts'
import { until } from '../setup/until.ts'

interface Thing {
  readonly id: number
  readonly name: string
}

/** What happens to the commands of a connection instead of an answer. */
type Fault = (commands: readonly Command[], send: () => Promise<readonly unknown[]>) => Promise<readonly unknown[]>

const forever: Fault = () => new Promise(() => {})
const saying =
  (message: string): Fault =>
  (commands) =>
    Promise.resolve(commands.map(() => new Error(message)))

const redis = testRedis()

describe.skipIf(redis === null)('when Redis is in trouble', () => {
  let server: TestRedis
  let client: Redis
  let store: Store
  let cache: Cache
  let things: Kind<number, Thing>
  let table: Map<number, string>
  let events: CacheEvent[]
  let warnings: string[]
  let fault: Fault | undefined

  beforeEach(async () => {
    server = await startRedis()
    client = new Redis(server.url)
    client.on('error', () => {})
    table = new Map([[1, 'one']])
    events = []
    warnings = []
    fault = undefined
    const faulty: Connect = (url, told) => {
      const connection = connectRedis(url, told)
      return {
        address: connection.address,
        get isReady() {
          return connection.isReady
        },
        send: (commands) =>
          fault === undefined ? connection.send(commands) : fault(commands, () => connection.send(commands)),
        reconnect: () => connection.reconnect(),
        close: () => connection.close(),
      }
    }
    store = redisStore({
      url: server.url,
      connect: faulty,
      readTimeoutMs: 200,
      writeTimeoutMs: 1000,
      warn: (message) => warnings.push(message),
    })
    await store.ready
    cache = createCache({ store, listener: (event) => events.push(event) })
    things = cache.kind<number, Thing>({
      name: 'thing',
      shape: shape(1, object({ id: int, name: text })),
      key: (id) => [String(id)],
      load: (ids) => Promise.resolve(ids.map((id) => (table.has(id) ? { id, name: table.get(id) ?? '' } : null))),
    })
  })
  afterEach(async () => {
    await cache.close()
    client.disconnect()
    await server.stop()
  })

  async function name(): Promise<string | undefined> {
    const [thing] = await things.read([1])
    if (thing instanceof Error) throw thing
    return thing?.name
  }

  const happened = (type: CacheEvent['type']): number => events.filter((event) => event.type === type).length

  /** Reads until one is answered from the cache again. */
  async function untilHit(): Promise<string | undefined> {
    let read: string | undefined
    await until(async () => {
      events.length = 0
      read = await name()
      return happened('hit') > 0
    })
    return read
  }

  it.each<[string, Fault]>([
    ['does not answer', forever],
    ['breaks the connection', () => Promise.reject(new Error('Connection is closed.'))],
    ['is loading its data', saying('LOADING Redis is loading the dataset in memory')],
    ['is a replica now', saying("READONLY You can't write against a read only replica.")],
    ['has no memory left', saying("OOM command not allowed when used memory > 'maxmemory'.")],
    ['runs a script of somebody else', saying('BUSY Redis is busy running a script.')],
    ['answers with something else', (commands) => Promise.resolve(commands.map(() => 42))],
    ['answers too few', () => Promise.resolve([])],
  ])(
    'a read that finds it %s is answered from the database, and the cache is used again after it',
    async (_name, trouble) => {
      expect(await name()).toBe('one')
      fault = trouble
      table.set(1, 'changed unnoticed')
      expect(await name()).toBe('changed unnoticed')
      table.set(1, 'one')
      fault = undefined
      expect(await untilHit()).toBe('one')
    },
  )

  it('after three reads that it did not answer, the others do not wait for it', async () => {
    let asked = 0
    fault = (commands) => {
      if (commands[0]?.[1] === look.sha) asked += 1
      return forever(commands, () => Promise.resolve([]))
    }
    for (let i = 0; i < 20; i += 1) expect(await name()).toBe('one')
    // three that failed, and perhaps a probe
    expect(asked).toBeGreaterThanOrEqual(3)
    expect(asked).toBeLessThanOrEqual(5)
  })

  it('is known to be back though nobody reads meanwhile', async () => {
    fault = forever
    for (let i = 0; i < 3; i += 1) await name()
    expect(store.reachable()).toBe(false)
    fault = undefined
    await until(() => store.reachable())
    expect(store.trouble()).toBeNull()
  })

  it('warns once of what happens again and again', async () => {
    fault = saying('LOADING Redis is loading the dataset in memory')
    for (let i = 0; i < 5; i += 1) await name()
    const told = warnings.filter((message) => message.includes('LOADING'))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^Redis at 127\.0\.0\.1:\d+ is in trouble, so reads go to the database: /)
  })

  it('an acquire that is answered too late is given back, and never filled', async () => {
    let thaw: () => void = () => {}
    const thawed = new Promise<void>((resolve) => (thaw = resolve))
    const sent: Promise<readonly unknown[]>[] = []
    fault = (commands, send) => {
      if (commands[0]?.[0] !== 'EVALSHA' || commands[0][3] !== things.key(1)) return send()
      const reply = thawed.then(send)
      sent.push(reply)
      return reply
    }
    expect(await name()).toBe('one')
    expect(happened('fill')).toBe(0)
    thaw()
    // the acquire, and behind it the release
    while (sent.length < 2) await new Promise(setImmediate)
    expect(await Promise.all(sent)).toEqual([['granted'], [1]])
    expect(await client.exists(things.key(1))).toBe(0)
  })

  it('a hold or an eviction that it did not confirm is told, and tried whatever the breaker says', async () => {
    await name()
    fault = forever
    for (let i = 0; i < 4; i += 1) await name()
    expect(await cache.hold([things.key(1)], 'w')).toEqual([things.key(1)])
    expect(await cache.evict([things.key(1)], 'w')).toEqual([things.key(1)])
    fault = undefined
    expect(await cache.evict([things.key(1)], 'w')).toEqual([])
  })

  it('scripts that it forgot are loaded again, without anybody noticing', async () => {
    await client.script('FLUSH')
    expect(await name()).toBe('one')
    expect(await untilHit()).toBe('one')
    await client.script('FLUSH')
    expect(await cache.evict([things.key(1)])).toEqual([])
  })

  it('a key that was used for something else is taken over, and evicted', async () => {
    await client.lpush(things.key(1), 'a list')
    expect(await name()).toBe('one')
    expect(await untilHit()).toBe('one')
    await client.del(things.key(1))
    await client.lpush(things.key(1), 'a list')
    expect(await cache.evict([things.key(1)])).toEqual([])
    expect(await client.exists(things.key(1))).toBe(0)
  })

  it('when it is full, nothing more is stored, evictions go through, and reads are right', async () => {
    expect(await name()).toBe('one')
    await client.config('SET', 'maxmemory', '1')
    table.set(2, 'two')
    expect(await things.read([2])).toEqual([{ id: 2, name: 'two' }])
    expect(await cache.hold([things.key(1)], 'w')).toEqual([])
    table.set(1, 'new')
    expect(await cache.evict([things.key(1)], 'w')).toEqual([])
    expect(await name()).toBe('new')
    await client.config('SET', 'maxmemory', '0')
    expect(await untilHit()).toBe('new')
  })

  it('frozen and thawed, it holds nothing back', async () => {
    expect(await name()).toBe('one')
    server.process.kill('SIGSTOP')
    expect(await name()).toBe('one')
    server.process.kill('SIGCONT')
    expect(await untilHit()).toBe('one')
  })

  it('killed and started again, nothing that it kept on disk is read', async () => {
    expect(await name()).toBe('one')
    const kept = await Promise.all(
      (await client.keys('*')).map(async (key) => [key, (await client.get(key)) ?? ''] as const),
    )
    await server.stop()
    table.set(1, 'new')
    expect(await name()).toBe('new')
    server = await startRedis([], server.port)
    // as if it had saved to disk: the entry, its generation and the life of the data
    const restored = new Redis(server.url)
    expect(kept.map(([key]) => key).toSorted()).toEqual([
      'larder:change-count',
      'larder:generation:thing',
      'larder:life',
      'larder:thing:1',
    ])
    for (const [key, stored] of kept) await restored.set(key, stored)
    restored.disconnect()
    expect(await untilHit()).toBe('new')
  })

  it('flushed, it begins a new life', async () => {
    await name()
    await client.flushall()
    expect(await untilHit()).toBe('one')
  })

  it('made a replica and a primary again, what it missed meanwhile is not read', async () => {
    expect(await untilHit()).toBe('one')
    const other = await startRedis()
    const primary = new Redis(other.url)
    try {
      await primary.replicaof('127.0.0.1', server.port)
      await until(async () => (await primary.info('replication')).includes('master_link_status:up'))
      await primary.replicaof('NO', 'ONE')
      await client.replicaof('127.0.0.1', other.port)
      await until(async () => (await client.info('replication')).includes('master_link_status:up'))
      table.set(1, 'new')
      // an instance that went along evicts there, and has begun a new life
      const elsewhere = redisStore({ url: other.url, readTimeoutMs: 5000, writeTimeoutMs: 5000 })
      await elsewhere.ready
      await elsewhere.apply([{ do: 'evict', key: things.key(1), writer: null }])
      await until(async () => (await client.exists(things.key(1))) === 0)
      await elsewhere.close()
      await client.replicaof('NO', 'ONE')
      expect(await untilHit()).toBe('new')
    } finally {
      primary.disconnect()
      await other.stop()
    }
  })

  it('failed over to another server and back, what it held before is not read', async () => {
    const other = await startRedis()
    const proxy = await startProxy(server.port)
    const moving = redisStore({ url: `redis://127.0.0.1:${proxy.port}`, readTimeoutMs: 5000, writeTimeoutMs: 5000 })
    const elsewhere: CacheEvent[] = []
    try {
      await moving.ready
      const moved = createCache({ store: moving, listener: (event) => elsewhere.push(event) })
      const kind = moved.kind<number, Thing>({
        name: 'thing',
        shape: shape(1, object({ id: int, name: text })),
        key: (id) => [String(id)],
        load: (ids) => Promise.resolve(ids.map((id) => ({ id, name: table.get(id) ?? '' }))),
      })
      const untilHitThere = async (): Promise<unknown> => {
        let read: unknown
        await until(async () => {
          elsewhere.length = 0
          ;[read] = await kind.read([1])
          return elsewhere.some(({ type }) => type === 'hit')
        })
        return read
      }
      expect(await untilHitThere()).toEqual({ id: 1, name: 'one' })
      proxy.lead(other.port)
      expect(await untilHitThere()).toEqual({ id: 1, name: 'one' })
      table.set(1, 'new')
      await until(async () => (await moved.evict([kind.key(1)])).length === 0)
      expect(await untilHitThere()).toEqual({ id: 1, name: 'new' })
      // the first server never heard of it
      proxy.lead(server.port)
      expect(await untilHitThere()).toEqual({ id: 1, name: 'new' })
    } finally {
      await moving.close()
      await proxy.stop()
      await other.stop()
    }
  })

  it('silent, it is given up after some seconds, and found where its name leads by then', async () => {
    const other = await startRedis()
    const proxy = await startProxy(server.port)
    const following = redisStore({ url: `redis://127.0.0.1:${proxy.port}` })
    try {
      await following.ready
      expect(following.trouble()).toBeNull()
      // it closes no connection
      server.process.kill('SIGSTOP')
      proxy.leadNew(other.port)
      await until(() => following.trouble() !== null)
      await until(() => following.trouble() === null)
      expect((await following.read(['key'])).lives).not.toEqual([null])
    } finally {
      server.process.kill('SIGCONT')
      await following.close()
      await proxy.stop()
      await other.stop()
    }
  })

  it('silent when a process starts, it is not waited for', async () => {
    const proxy = await startProxy(server.port)
    proxy.hold('replies')
    const late = redisStore({ url: `redis://127.0.0.1:${proxy.port}` })
    await late.ready
    expect(late.trouble()).not.toBeNull()
    proxy.pass()
    await until(() => late.trouble() === null)
    await late.close()
    await proxy.stop()
  })

  it('which could not be reached at the start and turns out not to be of use, is done without', async () => {
    const port = await freePort()
    const unhurried = redisStore({ url: `redis://127.0.0.1:${port}`, warn: (message) => warnings.push(message) })
    await unhurried.ready
    const unheard: unknown[] = []
    const hear = (error: unknown): number => unheard.push(error)
    process.on('unhandledRejection', hear)
    const replica = await startRedis(['--replicaof', '127.0.0.1', String(server.port)], port)
    await until(() => warnings.some((message) => message.includes('replica')))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
    expect(unhurried.reachable()).toBe(false)
    await unhurried.close()
    await replica.stop()
  })

  it('settings that weaken it are told once, with what to do', async () => {
    await client.config('SET', 'save', '3600 1')
    await client.config('SET', 'maxmemory-policy', 'noeviction')
    const told: string[] = []
    const stock = redisStore({ url: server.url, warn: (message) => told.push(message) })
    await stock.ready
    await stock.close()
    expect(told).toEqual([
      expect.stringContaining('set save ""'),
      expect.stringContaining('maxmemory-policy allkeys-lru'),
    ])
    await client.acl('SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-config', '-info')
    const denied: string[] = []
    const locked = redisStore({
      url: server.url.replace('//', '//app:secret@'),
      warn: (message) => denied.push(message),
    })
    await locked.ready
    expect(locked.trouble()).toMatch(/INFO is needed .* was refused/)
    await locked.close()
    expect(denied.join()).toContain('INFO is needed')
  })
})

describe('the breaker', () => {
  it('opens after three failures in a row, probes once a second, and closes with the first success', () => {
    let now = 0
    const breaker = new Breaker(() => now)
    for (let i = 0; i < 2; i += 1) breaker.failed()
    breaker.succeeded()
    for (let i = 0; i < 2; i += 1) breaker.failed()
    expect(breaker.allows()).toBe(true)
    breaker.failed()
    expect([breaker.allows(), breaker.open]).toEqual([false, true])
    now = 1000
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false])
    breaker.succeeded()
    expect([breaker.allows(), breaker.open]).toEqual([true, false])
  })
})

it('a warning is passed on once a minute', () => {
  let now = 0
  const told: string[] = []
  const warn = onceAMinute(
    (message) => told.push(message),
    () => now,
  )
  for (const at of [0, 1, 59_999, 60_000, 60_001]) {
    now = at
    warn('trouble')
  }
  expect(told).toHaveLength(2)
})
