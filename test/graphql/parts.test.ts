import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApi, testSecret, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()
const nodes = (ids: readonly number[]): string => `nodes(ids: [${ids.map((id) => `"Product:${id}"`).join(', ')}])`

describe.each([
  { store: 'the in-process store', on: null, skip: false },
  { store: 'Redis', on: redis, skip: redis === null },
])('on $store', ({ on, skip }) => {
  describe.skipIf(skip)('parts of answers', () => {
    let api: TestApi
    let uncached: TestApi
    let writer: string

    beforeAll(async () => {
      const { url, client } = await testDatabase()
      await storeFixture(client)
      api = await startApi({ url, redis: on, production: true })
      uncached = await startApi({ url, uncached: true, production: true })
      const key = new TextEncoder().encode(testSecret)
      const claims = { scope: 'catalog:write reviews:write catalog:trace' }
      writer = `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(key)}`
    })
    afterAll(async () => {
      await api.close()
      await uncached.close()
    })
    beforeEach(() => void api.events.splice(0))

    const told = (type: string): number =>
      api.events
        .filter((event) => 'kind' in event && event.kind === 'part' && event.type === type)
        .reduce((sum, event) => sum + ('count' in event ? event.count : 0), 0)

    /** Asks with a variable that is never the same, so that no answer is served whole. */
    let turn = 0
    async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}) {
      turn += 1
      const answer = await api.ask(query, { ...variables, turn }, headers)
      const { data, errors } = await uncached.ask(query, { ...variables, turn }, headers)
      expect({ data: answer.data, errors: answer.errors }).toEqual({ data, errors })
      return answer
    }

    /** Asks until all that is read is at hand, and the operation has been compiled. */
    async function warm(query: string, variables: object = {}, headers: Record<string, string> = {}) {
      for (let i = 0; i < 4; i += 1) await ask(query, variables, headers)
      api.events.splice(0)
    }

    const rename = async (id: number, title: string): Promise<void> => {
      const { data } = await api.ask(
        `mutation ($id: ID!, $title: String!) { productUpdate(id: $id, input: { title: $title }) { product { title } } }`,
        { id: `Product:${id}`, title },
        { authorization: writer },
      )
      expect(data.productUpdate.product.title).toBe(title)
    }

    it('are executed once and then used, also in lists that were never asked for before', async () => {
      const query = `query ($ids: [ID!]!) {
        nodes(ids: $ids) { id ... on Product { title priceRange { min { amount } } reviewSummary { count } } } }`
      await warm(query, { ids: ['Product:1', 'Product:2', 'Product:6'] })
      await ask(query, { ids: ['Product:6', 'Product:1'] })
      expect([told('hit'), told('fill')]).toEqual([2, 0])
    })

    it('but for that of what has changed, or of which something has', async () => {
      const query = `query { ${nodes([1, 2, 6])} { id ... on Product { title reviewSummary { count averageRating } } } }`
      await warm(query)
      await rename(1, 'Harbour Shirt')
      await ask(query)
      // the mutation's own answer has read it again
      expect([told('hit'), told('fill')]).toEqual([2, 1])
      api.events.splice(0)
      const review = `mutation { reviewCreate(product: "Product:2", input: { rating: 1, title: "No", body: "No.", author: "N." }) { userErrors { message } } }`
      expect((await api.ask(review, {}, { authorization: writer })).errors).toBeUndefined()
      await ask(query)
      expect([told('hit'), told('outdated'), told('fill')]).toEqual([2, 1, 0])
      await ask(query)
      expect([told('hit'), told('outdated'), told('fill')]).toEqual([4, 2, 1])
      await rename(1, 'Harbor Shirt')
    })

    it.each([
      ['executed for it', () => Promise.resolve()],
      ['there', warm],
    ])('hand on what they need to a whole answer, where they are %s', async (how, prepare) => {
      const query = `query { ${nodes([1, 2])} { of: id ... on Product { reviewSummary { count } } } } # ${how}`
      await prepare(query)
      const whole = () => api.app.inject({ method: 'POST', url: '/graphql', payload: { query } })
      let answer = await whole()
      while (answer.headers['x-cache'] !== 'HIT') {
        answer = await whole()
        // a response is kept behind its answer
        await new Promise((resolve) => setImmediate(resolve))
      }
      const review = `mutation { reviewCreate(product: "Product:2", input: { rating: 1, title: "No", body: "", author: "N." }) { review { id } } }`
      expect((await api.ask(review, {}, { authorization: writer })).errors).toBeUndefined()
      const after = (await whole()).json<object>()
      expect(after).toEqual({ data: (await uncached.ask(query)).data })
      expect(after).not.toEqual(answer.json())
    })

    it.each([
      [
        'nodes of a connection',
        `query { products(first: 3) { totalCount nodes { title } pageInfo { endCursor } } }`,
        3,
      ],
      ['nodes of its edges', `query { products(first: 3) { edges { cursor node { title } } } }`, 3],
      ['things within one thing', `query { product(by: { slug: "harbor-shirt" }) { id categories { name } } }`, 2],
      ['the outermost of several', `query { categories { nodes { name products(first: 2) { nodes { title } } } } }`, 3],
      [
        'what is written as fragments',
        `query { ...A } fragment A on Query { ${nodes([1, 2])} { ...B } } fragment B on Node { id ... on Product { ...C } } fragment C on Product { t: title }`,
        2,
      ],
      [
        'things of several kinds',
        `query { nodes(ids: ["Product:1", "Category:1", "ProductVariant:1"]) { __typename id } }`,
        3,
      ],
      ['several lists', `query { a: ${nodes([1, 2])} { id } b: ${nodes([2])} { id } }`, 3],
    ])('are of %s', async (_what, query, expected) => {
      await warm(query)
      await ask(query)
      expect([told('hit'), told('fill')]).toEqual([expected, 0])
    })

    it.each([
      ['one thing', `query { product(by: { slug: "harbor-shirt" }) { title } }`],
      ['what is written in two places', `query { ${nodes([1])} { id } ${nodes([1])} { ... on Product { title } } }`],
      [
        'what two places of fragments select',
        `query { products { ...A ...B } } fragment A on ProductConnection { nodes { id } } fragment B on ProductConnection { nodes { title } }`,
      ],
      [
        'an answer that is told together with the schema',
        `query { __schema { queryType { name } } ${nodes([1])} { id } }`,
      ],
    ])('are none of %s', async (_what, query) => {
      await warm(query)
      await ask(query)
      expect([told('hit'), told('fill')]).toEqual([0, 0])
    })

    it('are kept for each value of the variables they use, and for no others', async () => {
      const query = `query ($ids: [ID!]!, $most: Int = 1, $more: Boolean!) {
        nodes(ids: $ids) { id ... on Product { brand @include(if: $more) reviews(first: $most) { nodes { title } } } } }`
      const ids = ['Product:1']
      await warm(query, { ids, more: true })
      await warm(query, { ids, more: false, most: 2 })
      for (const [variables, hits] of [
        [{ ids, more: true }, 1],
        [{ ids, more: false, most: 2 }, 1],
        [{ ids, more: true, most: 1 }, 0],
        [{ ids, more: true, most: 3 }, 0],
        [{ ids, more: false }, 0],
      ] as const) {
        api.events.splice(0)
        await ask(query, variables)
        expect({ variables, hits: told('hit') }).toEqual({ variables, hits })
      }
    })

    it('are kept for each of who may see what, and for each host that pictures lie under', async () => {
      const query = `query { categories(first: 1) { nodes { id image { url } products(filter: { status: null }) { totalCount nodes { id } } } } }`
      await warm(query)
      const others: Record<string, string>[] = [{ authorization: writer }, { host: 'other.example' }]
      for (const headers of others) {
        api.events.splice(0)
        await ask(query, {}, headers)
        expect(told('hit')).toBe(0)
        await warm(query, {}, headers)
        await ask(query, {}, headers)
        expect(told('hit')).toBe(1)
      }
    })

    it('leave an error in its place', async () => {
      const query = `query ($cursor: String) { ${nodes([1, 2])} { id ... on Product { reviews(first: 1, after: $cursor) { totalCount } } } }`
      await warm(query)
      const { errors } = await ask(query, { cursor: '?' })
      expect(errors).toHaveLength(2)
      expect(errors?.[1]).toMatchObject({ path: ['nodes', 1, 'reviews'], extensions: { code: 'BAD_USER_INPUT' } })
      expect((await ask(query)).errors).toBeUndefined()
    })

    it('leave an error in its place also where those before it still have to be read', async () => {
      const query = `query ($n: Int) { ${nodes([1, 2])} { id ... on Product {
        variants(after: "?") { totalCount } reviews(first: $n) { nodes { id } } } } }`
      await warm(query, { n: 1 })
      await api.ask(`{ ${nodes([2])} { ... on Product { reviews(first: 57) { nodes { id } } } } }`)
      const unheard: unknown[] = []
      const hear = (error: unknown): number => unheard.push(error)
      process.on('unhandledRejection', hear)
      const { errors } = await ask(query, { n: 57 })
      // told once the loop has turned
      await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', hear)
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT'])
      expect(unheard).toEqual([])
    })

    it('are counted as hits of the request, and not used where it is to be explained', async () => {
      const query = `query Counted { ${nodes([1, 2])} { id ... on Product { title } } }`
      const headers = { authorization: writer }
      await warm(query, {}, headers)
      const requests: object[] = []
      const stop = api.feed.subscribe((event) => event.type === 'request' && requests.push(event))
      await api.ask(query, { turn: 'another' }, headers)
      await api.ask(query, { turn: 'yet another' }, { ...headers, 'x-larder-trace': '1' })
      stop()
      // two things and their parts; and for whoever may be told, the things alone
      expect(requests).toMatchObject([
        { hits: 4, misses: 0 },
        { hits: 2, misses: 0 },
      ])
    })
  })
})
