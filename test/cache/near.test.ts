import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mostChanges, type Look } from '../../src/cache/look-script.ts'
import { NearCopies } from '../../src/cache/near.ts'
import {
  createCache,
  int,
  list,
  newToken,
  redisStore,
  shape,
  type Cache,
  type CacheEvent,
  type Kind,
} from '../../src/cache/index.ts'
import { testRedis } from '../setup/index.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()
const ids = [1, 2, 3]
const patient = { readTimeoutMs: 10_000, writeTimeoutMs: 10_000 }

/** A process: a cache of its own over a table and a Redis that it shares with others. */
class Process {
  readonly cache: Cache
  readonly rows: Kind<number, number>
  readonly lists: Kind<string, readonly number[]>
  readonly events: CacheEvent[] = []

  private constructor(prefix: string, table: ReadonlyMap<number, number>, ttlMs: number) {
    const store = redisStore({ url: redis?.url ?? '', prefix, ...patient })
    this.cache = createCache({ store, prefix, ttlMs, listener: (event) => this.events.push(event) })
    this.rows = this.cache.kind({
      name: 'row',
      shape: shape(1, int),
      key: (id) => [String(id)],
      load: (wanted) => Promise.resolve(wanted.map((id) => table.get(id) ?? null)),
    })
    this.lists = this.cache.kind({
      name: 'list',
      shape: shape(1, list(int)),
      key: (name) => [name],
      groups: () => ['all'],
      load: (wanted) => Promise.resolve(wanted.map(() => [...table.keys()].toSorted())),
    })
  }

  static async start(prefix: string, table: ReadonlyMap<number, number>, ttlMs = 60_000): Promise<Process> {
    const started = new Process(prefix, table, ttlMs)
    await started.cache.store.ready
    return started
  }

  /** What is at hand for a request that begins now. */
  async peek(id: number): Promise<number | null | undefined> {
    const begunAt = performance.now()
    await this.cache.catchUp()
    return this.rows.peek(id, begunAt)
  }

  async peekList(): Promise<readonly number[] | null | undefined> {
    const begunAt = performance.now()
    await this.cache.catchUp()
    return this.lists.peek('all', begunAt)
  }

  /** Reads until it is at hand, the generations too, which are minted by the first reading. */
  async warm(): Promise<void> {
    await this.rows.read(ids)
    await this.lists.read(['all'])
    await this.rows.read(ids)
    await this.lists.read(['all'])
    if ((await this.peek(1)) === undefined || (await this.peekList()) === undefined) throw new Error('nothing is kept')
  }
}

describe('what a process has filled', () => {
  const key = 'larder:thing:1'
  const fill = {
    do: 'fill',
    key,
    lease: newToken(),
    value: { is: 'value', token: newToken(), stamps: 'stamps', json: '1' },
    ttlMs: 60_000,
  } as const
  const changes = (count: number, changed: readonly string[]): Look => ({
    values: [],
    lifetimes: [],
    life: 'life',
    isVouchedFor: true,
    count,
    changed,
  })

  it.each([
    ['is at hand', ['another'], true],
    ['is not at hand where news of a later change came first', [key], false],
  ])('%s', async (_name, changed, isAtHand) => {
    const looks = [changes(1, []), changes(2, changed)]
    const near = new NearCopies({ look: () => Promise.resolve(looks.shift() ?? changes(2, [])) }, 1024 * 1024)
    await near.catchUp()
    const [since, begun] = [near.changes.now, performance.now()]
    await near.catchUp()
    near.filled(fill, since, begun)
    expect(near.copy(key, performance.now()) !== undefined).toBe(isAtHand)
  })
})

it('what was read before a later answer came is not kept, since that may have told of a change of it', async () => {
  const key = 'larder:thing:1'
  const look = { life: 'life', isVouchedFor: true } as const
  let answerFirst: (first: Look) => void = () => {}
  const answers: Promise<Look>[] = [
    Promise.resolve({ ...look, count: 1, changed: [], values: [], lifetimes: [] }),
    new Promise((resolve) => (answerFirst = resolve)),
    Promise.resolve({ ...look, count: 2, changed: [key], values: [], lifetimes: [] }),
  ]
  const near = new NearCopies({ look: () => answers.shift() ?? Promise.reject(new Error('no more')) }, 1024 * 1024)
  await near.catchUp()
  const reading = near.read([key])
  await near.catchUp()
  answerFirst({ ...look, count: 1, changed: [], values: ['=an old value'], lifetimes: [60_000] })
  expect((await reading).values).toEqual(['=an old value'])
  expect(near.copy(key, performance.now())).toBeUndefined()
  expect(near.changes.now?.count).toBe(2)
})

it('what took two steps to read is as of the first, since it may have changed before the second', async () => {
  const [group, copied] = ['larder:group:all', 'larder:thing:1']
  const look = { life: 'life', isVouchedFor: true } as const
  const answers: Look[] = [
    { ...look, count: 1, changed: [], values: [], lifetimes: [] },
    { ...look, count: 1, changed: [], values: ['=a copy'], lifetimes: [60_000] },
    // what was at hand has to be given up, and so is read too; meanwhile the group is held
    { ...look, count: 2, changed: [copied], values: ['=before the write'], lifetimes: [60_000] },
    { ...look, count: 3, changed: [group], values: ['=another'], lifetimes: [60_000] },
  ]
  const near = new NearCopies(
    { look: () => Promise.resolve(answers.shift() ?? { ...look, count: 0, changed: null, values: [], lifetimes: [] }) },
    1024 * 1024,
  )
  await near.catchUp()
  await near.read([copied])
  const { values, moment } = await near.read([group, copied])
  expect(values).toEqual(['=before the write', '=another'])
  expect(moment).toEqual({ life: 'life', count: 2 })
  expect(near.changes.noneSince({ life: 'life', count: 2 }, [group])).toBe(false)
})

describe.skipIf(redis === null)('copies in a process', () => {
  let client: Redis
  let count = 0
  const started: Process[] = []
  const table = new Map<number, number>()
  const newPrefix = (): string => `near-${process.pid}-${(count += 1)}`
  const processes = async (prefix: string, ttlMs?: number): Promise<[Process, Process]> => {
    const both = await Promise.all([Process.start(prefix, table, ttlMs), Process.start(prefix, table, ttlMs)])
    started.push(...both)
    return both
  }

  beforeAll(() => {
    client = new Redis(redis?.url ?? '')
    for (const id of ids) table.set(id, id * 10)
  })
  afterAll(async () => {
    for (const { cache } of started) await cache.close()
    client.disconnect()
  })

  it('are used without fetching them again', async () => {
    const [a] = await processes(newPrefix())
    await a.warm()
    a.events.length = 0
    expect(await a.peek(2)).toBe(20)
    expect(await a.rows.read([1, 3])).toEqual([10, 30])
    const commands = a.events.filter((event) => event.type === 'command')
    expect(commands).toMatchObject([{ operation: 'look', bytes: 0 }, { operation: 'read' }])
  })

  it('are not used for a request that began after the last question', async () => {
    const [a] = await processes(newPrefix())
    await a.warm()
    expect(a.rows.peek(1, performance.now())).toBeUndefined()
  })

  it.each(['hold', 'evict'] as const)('are given up once another process has made a %s', async (change) => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    const key = b.rows.key(1)
    await (change === 'hold' ? b.cache.hold([key], newToken()) : b.cache.evict([key]))
    expect(await a.peek(1)).toBeUndefined()
    expect(await a.peek(2)).toBe(20)
  })

  it('of lists are given up with their group, and of a whole kind with its generation', async () => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    await b.cache.evict([b.cache.groupKey('all')])
    expect(await a.peekList()).toBeUndefined()
    expect(await a.peek(1)).toBe(10)
    await b.cache.evict([b.rows.generationKey])
    expect(await a.peek(1)).toBeUndefined()
  })

  it('are not made of what is held', async () => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    const writer = newToken()
    await b.cache.hold([b.rows.key(1)], writer)
    await a.rows.read(ids)
    expect(await a.peek(1)).toBeUndefined()
    await b.cache.evict([b.rows.key(1)], writer)
    expect(await a.peek(1)).toBeUndefined()
    await a.warm()
  })

  it('are given up where a key is evicted whose hold was lost, and that was filled since', async () => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    const writer = newToken()
    await b.cache.hold([b.rows.key(1)], writer)
    await client.del(b.rows.key(1))
    await a.warm()
    await b.cache.evict([b.rows.key(1)], writer)
    expect(await a.peek(1)).toBeUndefined()
  })

  it.each([
    ['the count', ['change-count']],
    ['the list of changes', ['changes']],
    ['both', ['change-count', 'changes']],
  ])('are all given up where %s is lost to memory pressure, if anything has changed', async (_what, lost) => {
    const prefix = newPrefix()
    const [a, b] = await processes(prefix)
    await b.cache.evict([b.rows.key(3)])
    await a.warm()
    await client.del(...lost.map((name) => `${prefix}:${name}`))
    await b.cache.evict([b.rows.key(1)])
    expect(await a.peek(1)).toBeUndefined()
    await a.warm()
    await b.cache.evict([b.rows.key(1)])
    expect(await a.peek(1)).toBeUndefined()
    expect(await a.peek(2)).toBe(20)
  })

  it.each(['change-count', 'changes'])(
    'are given up where somebody has written something else under %s',
    async (name) => {
      const prefix = newPrefix()
      const [a, b] = await processes(prefix)
      await a.warm()
      for (const spoil of [
        () => client.hset(`${prefix}:${name}`, 'a', 'b'),
        () => client.set(`${prefix}:${name}`, 'x'),
      ]) {
        await client.del(`${prefix}:${name}`)
        await spoil()
        await b.cache.evict([b.rows.key(1)])
        expect(await a.peek(1)).toBeUndefined()
        await a.warm()
      }
    },
  )

  it('are all given up by a process that has missed more changes than are listed', async () => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    const others = (n: number): string[] => Array.from({ length: n }, (_, i) => b.rows.key(100 + i))
    await b.cache.evict(others(mostChanges))
    expect(await a.peek(1)).toBe(10)
    await b.cache.evict([b.rows.key(1)])
    await b.cache.evict(others(mostChanges))
    expect(await a.peek(1)).toBeUndefined()
    expect(await a.peek(2)).toBeUndefined()
  })

  it('are all given up in another life', async () => {
    const prefix = newPrefix()
    const [a, b] = await processes(prefix)
    await a.warm()
    await b.cache.store.renew()
    expect(await a.peek(1)).toBeUndefined()
    await until(async () => (await a.cache.store.read([a.rows.key(1)])).lives[0] !== null)
    expect(await a.peek(1)).toBeUndefined()
  })

  it('are not used while the cache is not trusted', async () => {
    const [a] = await processes(newPrefix())
    await a.warm()
    const begunAt = performance.now()
    await a.cache.catchUp()
    await a.cache.trust(false)
    expect(a.rows.peek(1, begunAt)).toBeUndefined()
    expect(await a.peek(1)).toBeUndefined()
  })

  it('of an older build stand where a newer one has replaced the entry by its own, until that changes', async () => {
    const [a, b] = await processes(newPrefix())
    const built = (by: Process, revision: number, value: number): Kind<number, number> =>
      by.cache.kind({
        name: 'built',
        shape: shape(revision, int),
        key: (id) => [String(id)],
        load: (wanted) => Promise.resolve(wanted.map(() => value)),
      })
    const [older, newer] = [built(a, 1, 1), built(b, 2, 2)]
    for (let i = 0; i < 2; i += 1) expect(await older.read([7])).toEqual([1])
    expect(await newer.read([7])).toEqual([2])
    const peek = async (): Promise<number | null | undefined> => {
      const begunAt = performance.now()
      await a.cache.catchUp()
      return older.peek(7, begunAt)
    }
    expect(await peek()).toBe(1)
    await b.cache.evict([newer.key(7)])
    expect(await peek()).toBeUndefined()
  })

  it('that are valid no more make way for what another process has filled', async () => {
    const [a, b] = await processes(newPrefix())
    await a.warm()
    await b.cache.evict([b.rows.generationKey])
    await b.warm()
    await a.cache.catchUp()
    for (let i = 0; i < 2; i += 1) expect(await a.rows.read(ids)).toEqual([10, 20, 30])
    expect(await a.peek(1)).toBe(10)
  })

  it('live no longer than their entries', async () => {
    const [a] = await processes(newPrefix(), 300)
    await a.warm()
    await until(async () => (await client.exists(a.rows.key(1))) === 0)
    expect(await a.peek(1)).toBeUndefined()
  })

  it('are never older than the table, whatever happens in whatever order', async () => {
    const id = fc.constantFrom(...ids)
    const by = fc.constantFrom(0, 1)
    const step = fc.oneof(
      { arbitrary: fc.record({ do: fc.constant('peek' as const), by, id }), weight: 4 },
      { arbitrary: fc.record({ do: fc.constant('read' as const), by, id }), weight: 3 },
      fc.record({ do: fc.constant('begin' as const), by, id }),
      { arbitrary: fc.record({ do: fc.constant('end' as const), by, id }), weight: 2 },
      fc.record({ do: fc.constant('lose' as const), by, id }),
    )
    const [a, b] = await processes(newPrefix())
    let peeked = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        const writers = new Map<number, string>()
        for (const each of steps) {
          const at = each.by === 0 ? a : b
          const keys = [at.rows.key(each.id), at.cache.groupKey('all')]
          switch (each.do) {
            case 'peek': {
              const found = await at.peek(each.id)
              const listed = await at.peekList()
              if (found !== undefined) expect(found).toBe(table.get(each.id) ?? null)
              if (listed !== undefined) expect(listed).toEqual([...table.keys()].toSorted())
              if (found !== undefined) peeked += 1
              break
            }
            case 'read':
              expect(await at.rows.read([each.id])).toEqual([table.get(each.id) ?? null])
              expect(await at.lists.read(['all'])).toEqual([[...table.keys()].toSorted()])
              break
            case 'begin': {
              const writer = writers.get(each.id) ?? newToken()
              writers.set(each.id, writer)
              await at.cache.hold(keys, writer)
              // committed while it is held
              if (table.has(each.id)) table.delete(each.id)
              else table.set(each.id, peeked)
              break
            }
            case 'end': {
              const writer = writers.get(each.id)
              if (writer !== undefined && writers.delete(each.id)) await at.cache.evict(keys, writer)
              break
            }
            case 'lose':
              // to memory pressure: the value, and what tells of changes; a hold does not get lost here
              if (writers.size === 0)
                await client.del(...keys, at.cache.keyNamed(each.by === 0 ? 'changes' : 'change-count'))
          }
        }
        for (const [each, writer] of writers) await a.cache.evict([a.rows.key(each), a.cache.groupKey('all')], writer)
      }),
      { numRuns: 150 },
    )
    expect(peeked).toBeGreaterThan(200)
  })
})
