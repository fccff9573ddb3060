import type { InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startApi, testSecret, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()
const page = `query Page { product(by: { slug: "harbor-shirt" }) {
  title images { url } priceRange { min { amount } } categories { name } reviews(first: 2) { totalCount nodes { title } } } }`

describe.each([
  { store: 'the in-process store', on: null, skip: false },
  { store: 'Redis', on: redis, skip: redis === null },
])('on $store', ({ on, skip }) => {
  describe.skipIf(skip)('a response that is kept', () => {
    let url: string
    let api: TestApi

    beforeAll(async () => {
      const database = await testDatabase()
      url = database.url
      await storeFixture(database.client)
      api = await startApi({ url, redis: on })
    })
    afterAll(() => api.close())

    const post = (query: string, more: InjectOptions = {}): InjectOptions => ({
      method: 'POST',
      url: '/graphql',
      payload: { query },
      ...more,
    })

    /** Asks, and says whether the answer was served whole. */
    async function ask(request: InjectOptions, from = api) {
      // a response is kept behind its answer
      await new Promise((resolve) => setImmediate(resolve))
      const before = from.events.length
      const { statusCode, headers, body } = await from.app.inject(request)
      const told = from.events.slice(before)
      const served = headers['x-cache'] === 'HIT'
      return { statusCode, headers, body, served, commands: told.filter(({ type }) => type === 'command').length }
    }

    /** Asks until the answer is kept. */
    async function keep(request: InjectOptions, from = api) {
      for (let i = 0; i < 10; i += 1) {
        const answer = await ask(request, from)
        if (answer.served) return answer
      }
      throw new Error('the response was not kept')
    }

    it('is executed twice, and from then on served after one question to Redis, byte by byte the same', async () => {
      const answers = []
      for (let i = 0; i < 2; i += 1) answers.push(await ask(post(page)))
      answers.push(await keep(post(page)))
      expect(answers.map(({ served }) => served)).toEqual([false, false, true])
      expect(answers[2]?.commands).toBe(on === null ? 0 : 1)
      expect(answers[2]?.body).toBe(answers[0]?.body)
      const fixed = ({ headers }: Awaited<ReturnType<typeof ask>>) => {
        const { date: _date, 'x-request-id': _id, 'x-cache': _served, ...others } = headers
        return others
      }
      expect(fixed(answers[2] as never)).toEqual(fixed(answers[0] as never))
    })

    it('is counted under its operation, as one hit without statements', async () => {
      await keep(post(page))
      const told: object[] = []
      const stop = api.feed.subscribe((event) => event.type === 'request' && told.push(event))
      await ask(post(page))
      stop()
      expect(told).toMatchObject([
        { operation: 'Page', operationType: 'query', status: 200, code: null, hits: 1, misses: 0, statements: 0 },
      ])
    })

    it('is served by each instance that has executed it, and by none after a mutation', async () => {
      const other = on === null ? api : await startApi({ url, redis: on })
      for (const title of ['Harbour Shirt', 'Shirt of the Harbour', 'Harbor Shirt']) {
        await keep(post(page))
        await keep(post(page), other)
        await api.ask(
          `mutation ($title: String!) { productUpdate(id: "Product:1", input: { title: $title }) { product { id } } }`,
          { title },
        )
        const [first, second] = [await ask(post(page), other), await ask(post(page))]
        expect(first.served).toBe(false)
        for (const { body } of [first, second]) expect(JSON.parse(body)).toMatchObject({ data: { product: { title } } })
      }
      if (other !== api) await other.close()
    })

    it.each([
      ['under another host, which pictures lie under', { headers: { host: 'other.example' } }],
      ['in another form', { headers: { accept: 'application/graphql-response+json' } }],
      ['to be explained', { headers: { 'x-larder-trace': '1' } }],
    ])('is not served %s', async (_how, more) => {
      await keep(post(page))
      expect(await ask(post(page, more))).toMatchObject({ served: false, statusCode: 200 })
    })

    it('is built once by one process for however many who ask at the same time', async () => {
      const query = '{ product(by: { slug: "harbor-shirt" }) { slug reviews(first: 3) { nodes { author } } } }'
      const before = api.database.statements()
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(post(query))))
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
      // the first is executed, the second is executed and kept
      expect(answers.filter(({ served }) => served)).toHaveLength(48)
      expect(api.database.statements() - before).toBeLessThan(6)
    })

    it('is not waited for longer than a read waits for a load elsewhere', async () => {
      let executed = (): number => 0
      const impatient = await startApi({
        url,
        redis: on && { ...on, prefix: `${on.prefix}-cold` },
        environment: { LARDER_WAIT_MS: '1' },
        tamper: (cache) => ({
          kind: (definition) => {
            const kind = cache.kind(definition)
            if (kind.name !== 'product-by-slug') return kind
            const read = vi.spyOn(kind, 'read')
            executed = () => read.mock.calls.length
            return kind
          },
        }),
      })
      const lock = new pg.Client({ connectionString: url })
      await lock.connect()
      await lock.query('BEGIN; LOCK product')
      const query = '{ product(by: { slug: "harbor-shirt" }) { slug title brand } }'
      const answers = Array.from({ length: 3 }, () => ask(post(query), impatient))
      await until(() => executed() === 3)
      await lock.end()
      expect((await Promise.all(answers)).map(({ served }) => served)).toEqual([false, false, false])
      await impatient.close()
    })

    it('is not waited for by mutations, which are each made', async () => {
      const adjust = `mutation { inventoryAdjust(variant: "ProductVariant:1", delta: 1) { variant { quantityAvailable } } }`
      const before = (await api.ask('{ node(id: "ProductVariant:1") { ... on ProductVariant { quantityAvailable } } }'))
        .data
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(post(adjust))))
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200])
      const after = (await api.ask('{ node(id: "ProductVariant:1") { ... on ProductVariant { quantityAvailable } } }'))
        .data
      expect(after.node.quantityAvailable - before.node.quantityAvailable).toBe(5)
    })

    it('is asked for by GET too, and answers 304 to whoever has it', async () => {
      const request: InjectOptions = {
        method: 'GET',
        url: `/graphql?query=${encodeURIComponent(page)}`,
        headers: { 'apollo-require-preflight': '1' },
      }
      const kept = await keep(request)
      expect(kept.body).toBe((await ask(post(page))).body)
      const { etag } = kept.headers
      const again = await ask({ ...request, headers: { ...request.headers, 'if-none-match': String(etag) } })
      expect(again).toMatchObject({ statusCode: 304, body: '', served: true })
    })

    it.each([
      ['an error', '{ product(by: {}) { title } }'],
      ['an error beside data', '{ a: product(by: { slug: "harbor-shirt" }) { title } b: node(id: "?") { id } }'],
      ['a mutation', 'mutation { productUpdate(id: "Product:1", input: { brand: "Nordvik" }) { product { brand } } }'],
      ['an answer that needs nothing from the catalog', '{ __typename }'],
    ])('is never %s', async (_what, query) => {
      for (let i = 0; i < 4; i += 1) expect((await ask(post(query))).served).toBe(false)
    })

    it('is not kept for a request of more than 16 kB', async () => {
      const long = `${page} # ${'x'.repeat(16 * 1024)}`
      for (let i = 0; i < 4; i += 1) expect((await ask(post(long))).served).toBe(false)
    })

    it('is kept only once the same is asked again', async () => {
      await ask(post(`{ product(by: { slug: "camp-mug" }) { title } }`))
      api.events.length = 0
      await ask(post(`{ product(by: { slug: "camp-mug" }) { brand } }`))
      expect(api.events).not.toContainEqual(expect.objectContaining({ type: 'fill', kind: 'response' }))
    })
  })
})

describe('in production', () => {
  it('a response for those who may see drafts is not served to the public, nor the other way round', async () => {
    const { url, client } = await testDatabase()
    await storeFixture(client)
    const api = await startApi({ url, production: true })
    const token = await new SignJWT({ scope: 'catalog:write' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode(testSecret))
    const draft = '{ product(by: { slug: "secret-draft" }) { title } }'
    for (let i = 0; i < 5; i += 1) {
      expect((await api.ask(draft, {}, { authorization: `Bearer ${token}` })).data.product.title).toBe('Secret Draft')
      expect((await api.ask(draft)).data.product).toBeNull()
    }
    expect(api.events.filter(({ type }) => type === 'hit')).toContainEqual({ type: 'hit', kind: 'response', count: 1 })
    await api.close()
  })
})
