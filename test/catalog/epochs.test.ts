import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepCoherent } from '../../src/start/coherence.ts'
import { startApi, type TestApi } from '../setup/api.ts'
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
  async function open(port: number, deliveryTimeoutMs = 10_000): Promise<TestApi> {
    const api = await startApi({
      url,
      redis: { url: `redis://127.0.0.1:${port}`, prefix: 'epochs' },
      deliveryTimeoutMs,
    })
    stops.push(() => api.close())
    const { catalog, cache, instance, feed } = api
    const relay = await keepCoherent({ url, catalog, cache, instance, trustMs: 2000, print: () => {}, tell: feed.tell })
    stops.push(() => relay.stop())
    await until(() => cache.trusted)
    return api
  }

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

  it('what is written through the one is seen by those who read the other', async () => {
    const cutOff = await open(one.port)
    const moved = await open(proxy.port)
    await warm(cutOff)
    proxy.lead(two.port)
    await until(() => moved.cache.store.epochs()['epochs:life'] === '2')
    await until(() => moved.cache.trusted)
    await warm(moved)
    await rename(cutOff, 'Changed where nobody reads')
    expect(await titleOf(moved)).toBe('Changed where nobody reads')
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
