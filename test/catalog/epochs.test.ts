import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hurry } from '../../src/database/outbox.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { coherent } from '../setup/coherent.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'
import { startRedis, type TestRedis } from '../setup/redis-server.ts'
import { until } from '../setup/until.ts'

const page = '{ product(by: { id: "Product:1" }) { title } }'
const stops: (() => Promise<unknown>)[] = []
let url: string
let client: pg.Client
let one: TestRedis
let two: TestRedis
let proxy: TestProxy

describe.skipIf(testRedis() === null)('where another Redis takes the place of one that goes on answering', () => {
  beforeEach(async () => {
    ;({ url, client } = await testDatabase())
    await storeFixture(client)
    ;[one, two] = await Promise.all([startRedis(), startRedis()])
    proxy = await startProxy(one.port)
    stops.push(
      () => one.stop(),
      () => two.stop(),
      () => proxy.stop(),
    )
  })
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop()
  })

  /** An instance that takes part in keeping the cache coherent. */
  async function open(port: number, databasePort: string | number = new URL(url).port): Promise<TestApi> {
    const api = await startApi({
      url,
      redis: { url: `redis://127.0.0.1:${port}`, prefix: 'epochs' },
      deliveryTimeoutMs: 20_000,
    })
    stops.push(() => api.close())
    const direct = Object.assign(new URL(url), { port: String(databasePort) })
    const relay = await coherent(api, direct.href)
    stops.push(() => relay.stop())
    await until(() => api.cache.trusted)
    return api
  }

  const epochOf = ({ cache }: TestApi): number => Number(cache.store.epochs()['epochs:life'])
  const titleOf = async (api: TestApi): Promise<string> => (await api.ask(page)).data.product.title as string
  const rename = async (api: TestApi, title: string): Promise<void> => {
    const query = `mutation ($title: String!) { productUpdate(id: "Product:1", input: { title: $title }) { userErrors { code } } }`
    expect((await api.ask(query, { title })).data.productUpdate.userErrors).toEqual([])
  }
  /** Reads until it comes from the cache. */
  const warm = async (api: TestApi): Promise<void> => {
    do {
      api.events.length = 0
      await titleOf(api)
    } while (!api.events.some(({ type }) => type === 'hit'))
  }

  /** One instance that stays with the one and hears nothing from the database for now, and one that moved to the other. */
  async function splitPair(): Promise<{ stays: TestApi; moved: TestApi; notices: TestProxy }> {
    const notices = await startProxy(Number(new URL(url).port))
    stops.push(() => notices.stop())
    const stays = await open(one.port, notices.port)
    const moved = await open(proxy.port)
    await warm(stays)
    notices.hold('everything')
    proxy.lead(two.port)
    await until(() => epochOf(moved) > 1)
    await until(() => moved.cache.trusted)
    return { stays, moved, notices }
  }

  /** What a reader is served once the writer was answered, which is let hear from the database when a write waits for it. */
  async function readAfterWrite(writer: TestApi, reader: TestApi, notices: TestProxy): Promise<string> {
    const aWriteWaits = new Promise<void>((resolve) => {
      client.on('notification', ({ payload }) => payload === hurry && resolve())
    })
    await client.query('LISTEN larder_outbox')
    const reading = rename(writer, 'Changed').then(() => titleOf(reader))
    await Promise.race([reading, aWriteWaits])
    notices.pass()
    return reading
  }

  it('what is written through the one is seen by those who read the other', async () => {
    const { stays, moved, notices } = await splitPair()
    await warm(moved)
    expect(await readAfterWrite(stays, moved, notices)).toBe('Changed')
  })

  it('what is written through the other is not answered before those have noticed who read the one', async () => {
    const { stays, moved, notices } = await splitPair()
    expect(await readAfterWrite(moved, stays, notices)).toBe('Changed')
  })

  it('and going back to the one finds nothing of what it held before', async () => {
    const before = await open(one.port)
    await warm(before)
    for (const stop of stops.splice(-2).toReversed()) await stop()
    const between = await open(two.port)
    await rename(between, 'Changed elsewhere')
    for (const stop of stops.splice(-2).toReversed()) await stop()
    expect(await titleOf(await open(one.port))).toBe('Changed elsewhere')
  })
})
