import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, testSecret, type Answer, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let url: string
let api: TestApi
const opened: TestApi[] = []

beforeAll(async () => {
  const database = await testDatabase()
  ;({ url } = database)
  await storeFixture(database.client)
  api = await open()
})
afterAll(async () => {
  for (const each of opened) await each.close()
})

async function open(environment: Record<string, string> = {}, registered?: string[]): Promise<TestApi> {
  const started = await startApi({ url, production: true, environment, ...(registered ? { registered } : {}) })
  opened.push(started)
  return started
}

function code({ status, errors }: Answer): string {
  return `${status} ${errors?.[0]?.extensions.code ?? 'answered'}`
}

async function bearer(scope: string): Promise<{ authorization: string }> {
  const token = await new SignJWT({ scope, sub: 'ada' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(testSecret))
  return { authorization: `Bearer ${token}` }
}

describe('who may do what', () => {
  const write = 'mutation { categoryDelete(id: "Category:999") { userErrors { code } } }'
  const review = 'mutation { reviewDelete(id: "Review:999") { userErrors { code } } }'

  it('a request without a token may read, and is asked for one to write', async () => {
    expect(code(await api.ask('{ product(by: { id: "Product:1" }) { id } }'))).toBe('200 answered')
    expect(code(await api.ask(write))).toBe('401 UNAUTHENTICATED')
    expect(code(await api.ask(review))).toBe('401 UNAUTHENTICATED')
  })

  it('a token may do what its scopes say, and nothing else', async () => {
    expect(code(await api.ask(write, {}, await bearer('catalog:write')))).toBe('200 answered')
    expect(code(await api.ask(review, {}, await bearer('catalog:write')))).toBe('403 FORBIDDEN')
    expect(code(await api.ask(review, {}, await bearer('reviews:write')))).toBe('200 answered')
    expect(code(await api.ask(write, {}, await bearer('reviews:write')))).toBe('403 FORBIDDEN')
  })

  it('nothing is changed in part: the scopes of a whole operation are checked before its first field is run', async () => {
    const fields = `a: productUpdate(id: "Product:1", input: { title: $title }) { userErrors { code } }
      ...Reviews @include(if: $both)`
    const mutation = `mutation Both($title: String, $both: Boolean!) { ${fields} }
      fragment Reviews on Mutation { b: reviewDelete(id: "Review:999") { userErrors { code } } }`
    const headers = await bearer('catalog:write')
    const title = async () => (await api.ask('{ product(by: { id: "Product:1" }) { title } }')).data.product.title
    const before = await title()
    // an operation that comes back is executed in another way
    for (let i = 0; i < 3; i += 1) {
      const answer = await api.ask(mutation, { title: 'Changed', both: true }, headers)
      expect([code(answer), answer.data]).toEqual(['403 FORBIDDEN', null])
      expect(answer.errors).toMatchObject([
        { path: ['b'], message: 'reviewDelete takes the scope reviews:write, but the token does not have it' },
      ])
      expect(await title()).toBe(before)
    }
    expect(code(await api.ask(mutation, { title: before, both: false }, headers))).toBe('200 answered')
  })

  it('every mutation there is asks for a scope', async () => {
    const { data } = await (
      await open({ LARDER_INTROSPECTION: 'on' })
    ).ask(
      '{ __schema { mutationType { fields { name args { name type { kind ofType { kind name } } } type { ofType { fields { name } } } } } } }',
    )
    type Field = {
      name: string
      args: { name: string; type: { kind: string; ofType: { kind: string; name: string } | null } }[]
    }
    const fields = data.__schema.mutationType.fields as Field[]
    expect(fields).toHaveLength(13)
    const sample: Record<string, string> = {
      ProductCreateInput: '{ title: "T" }',
      CategoryCreateInput: '{ name: "N" }',
      VariantCreateInput: '{ sku: "S", price: { amount: 1, currencyCode: "USD" } }',
      ReviewCreateInput: '{ rating: 1, title: "T", body: "", author: "A" }',
      ID: '"Product:1"',
      Int: '1',
    }
    for (const { name, args } of fields) {
      const given = args
        .filter(({ type }) => type.kind === 'NON_NULL')
        .map((arg) => `${arg.name}: ${sample[arg.type.ofType?.name ?? ''] ?? '{}'}`)
      expect([name, code(await api.ask(`mutation { ${name}(${given.join(', ')}) { userErrors { code } } }`))]).toEqual([
        name,
        '401 UNAUTHENTICATED',
      ])
    }
  })

  it('a reviewer cannot tell a product that is not on sale from none', async () => {
    const create = (id: string) =>
      `mutation { reviewCreate(product: "${id}", input: { rating: 1, title: "T", body: "", author: "A" }) { review { id } userErrors { code message } } }`
    const headers = await bearer('reviews:write')
    const [hidden, unknown] = [
      await api.ask(create('Product:4'), {}, headers),
      await api.ask(create('Product:999'), {}, headers),
    ]
    expect(JSON.stringify(hidden.data).replace('Product:4', 'Product:999')).toBe(JSON.stringify(unknown.data))
    expect(unknown.data.reviewCreate.userErrors[0].code).toBe('NOT_FOUND')
    for (const mutation of ['reviewDelete(id: "Review:5")', 'reviewUpdate(id: "Review:5", input: { rating: 1 })']) {
      const { data } = await api.ask(`mutation { m: ${mutation} { userErrors { code } } }`, {}, headers)
      expect(data.m.userErrors).toEqual([{ code: 'NOT_FOUND' }])
    }
  })

  it('what one viewer had cached does not cross to another', async () => {
    const editor = await bearer('catalog:write')
    const queries = [
      '{ a: product(by: { id: "Product:4" }) { title } b: product(by: { slug: "secret-draft" }) { title } c: product(by: { sku: "SD-1" }) { title } }',
      '{ a: node(id: "Product:4") { id } b: node(id: "Review:5") { id } c: node(id: "ProductVariant:5") { id } d: nodes(ids: ["Product:4", "Review:5"]) { id } }',
      '{ products(filter: { status: null }) { totalCount nodes { id } } drafts: products(filter: { status: DRAFT }) { totalCount nodes { id } } }',
      '{ category(by: { id: "Category:2" }) { products(filter: { status: null }) { totalCount nodes { id } } } searchProducts(query: "secret", filter: { status: null }) { totalCount nodes { id } } }',
    ]
    for (const query of queries) {
      const before = await api.ask(query)
      expect(JSON.stringify((await api.ask(query, {}, editor)).data)).not.toBe(JSON.stringify(before.data))
      expect((await api.ask(query)).data).toEqual(before.data)
      expect(JSON.stringify(before.data)).not.toMatch(/Secret|Product:[45]"|Review:5|Variant:5/)
    }
  })

  it('an explanation is given to a token with its scope alone', async () => {
    const trace = { 'x-larder-trace': '1' }
    expect((await api.ask('{ __typename }', {}, trace)).extensions).toBeUndefined()
    expect(
      (await api.ask('{ __typename }', {}, { ...trace, ...(await bearer('catalog:trace')) })).extensions?.larder,
    ).toBeDefined()
  })

  it('a token that does not hold is refused for any query, and says how to ask', async () => {
    const response = await api.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: 'Bearer x' },
      payload: { query: '{ __typename }' },
    })
    expect([response.statusCode, response.json().errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(response.headers['www-authenticate']).toContain('Bearer')
  })
})

describe('how much may be asked', () => {
  const deep = (levels: number) =>
    `{ category(by: { id: "Category:1" }) { ${'parent { '.repeat(levels)} id ${'} '.repeat(levels)} } }`

  it.each([
    ['depth', deep(20)],
    [
      'aliases',
      `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: product(by: { id: "Product:1" }) { id }`).join(' ')} }`,
    ],
    ['tokens', `{ ${'__typename '.repeat(5000)} }`],
    ['of the same', `{ ${'__typename '.repeat(1000)} }`],
    ['directives', `{ ${'__typename @include(if: true) '.repeat(60)} }`],
    [
      'cost',
      '{ products(first: 100) { nodes { reviews(first: 100) { nodes { product { reviews(first: 100) { nodes { id } } } } } } } }',
    ],
    [
      'fragments that unfold',
      `{ ...a0 } ${Array.from({ length: 20 }, (_, i) => `fragment a${i} on Query { ...a${i + 1} ...a${i + 1} }`).join(' ')} fragment a20 on Query { __typename }`,
    ],
  ])('too much %s is refused as such', async (_what, query) => {
    const answer = await api.ask(query)
    expect(code(answer)).toBe('400 QUERY_TOO_COMPLEX')
    expect(answer.errors?.[0]?.message).toMatch(/^(?!.*Syntax Error|Validation aborted).+/)
  })

  it('the cost of a page is what it asks for, in a variable too, and null is the standard', async () => {
    const query =
      'query($n: Int) { products(first: $n) { nodes { reviews(first: $n) { nodes { product { variants(first: $n) { nodes { id } } } } } } } }'
    expect(code(await api.ask(query, { n: 100 }))).toBe('400 QUERY_TOO_COMPLEX')
    expect(code(await api.ask(query, { n: 10 }))).toBe('200 answered')
    const costly = await open({ LARDER_MAX_COST: '400' })
    expect(code(await costly.ask(query, { n: 2 }))).toBe('200 answered')
    expect(code(await costly.ask(query, { n: null }))).toBe('400 QUERY_TOO_COMPLEX')
    expect(code(await costly.ask(query))).toBe('400 QUERY_TOO_COMPLEX')
    expect(code(await costly.ask(query, { n: 'many' }))).toBe('400 BAD_USER_INPUT')
  })

  it.each([
    ['has no id', 'query($null: ID = "Product:1") { x: node(id: $null) { id } OTHERS }'],
    ['is included by nothing', 'query($null: Boolean = true) { x: __typename @include(if: $null) OTHERS }'],
  ])('a field that %s does not make all others free', async (_what, query) => {
    const others =
      'products(first: 100) { nodes { reviews(first: 100) { nodes { product { reviews(first: 100) { nodes { id } } } } } } }'
    expect(code(await api.ask(query.replace('OTHERS', others), { null: null }))).toBe('400 BAD_USER_INPUT')
  })

  it('what a frontend or Sandbox asks lies well below', async () => {
    const developer = await open({ LARDER_INTROSPECTION: 'on' })
    const { getIntrospectionQuery } = await import('graphql')
    expect(code(await developer.ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true })))).toBe(
      '200 answered',
    )
  })

  it('a body that is too large, several operations at once, and a mutation by GET are refused', async () => {
    const small = await open({ LARDER_MAX_BODY_KB: '1' })
    const large = await small.app.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query: `{ a(b: "${'x'.repeat(2000)}") }` },
    })
    expect([large.statusCode, large.json().errors[0].extensions.code]).toEqual([413, 'REQUEST_TOO_LARGE'])
    const batch = await api.app.inject({ method: 'POST', url: '/graphql', payload: [{ query: '{ __typename }' }] })
    expect([batch.statusCode, batch.json().errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST'])
    const query = new URLSearchParams({ query: 'mutation { reviewDelete(id: "Review:1") { deletedId } }' })
    const mutation = await api.app.inject({
      method: 'GET',
      url: `/graphql?${query.toString()}`,
      headers: { 'apollo-require-preflight': '1' },
    })
    expect(mutation.statusCode).toBe(405)
  })

  it('a simple request of another site is refused', async () => {
    for (const request of [
      { method: 'GET', url: '/graphql?query={__typename}' } as const,
      {
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'text/plain' },
        payload: '{"query":"{ __typename }"}',
      } as const,
    ]) {
      const response = await api.app.inject(request)
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
      expect(response.statusCode).toBeLessThan(500)
    }
  })

  it('the clock of a request stops what it would still read', async () => {
    const hurried = await open({ LARDER_DEADLINE_MS: '1' })
    await hurried.database.prisma.$queryRaw`SELECT 1`
    const answer = await hurried.ask(
      '{ product(by: { id: "Product:1" }) { categories { parent { parent { ancestors { products { nodes { id } } } } } } } }',
    )
    expect(answer.errors?.[0]?.extensions.code).toBe('TIMEOUT')
  })
})

describe('how often may be asked', () => {
  it('each client is counted by itself, told what is left, and refused beyond it', async () => {
    const limited = await open({ RATE_LIMIT: '3' })
    const ask = (headers = {}) =>
      limited.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: '{ __typename }' } })
    const first = await ask()
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '2' })
    expect(Number(first.headers['ratelimit-reset'])).toBeLessThanOrEqual(60)
    await ask()
    await ask()
    const refused = await ask()
    expect([refused.statusCode, refused.json().errors[0].extensions.code]).toEqual([429, 'RATE_LIMITED'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask(await bearer('catalog:write'))).statusCode).toBe(200)
    expect((await ask({ 'x-forwarded-for': '203.0.113.9' })).statusCode).toBe(200)
    expect((await limited.app.inject({ url: '/livez' })).statusCode).toBe(200)
  })
})

describe('persisted operations', () => {
  const query = '{ product(by: { id: "Product:1" }) { title } }'
  const extensions = (body: string, hash = createHash('sha256').update(body).digest('hex')) => ({
    persistedQuery: { version: 1, sha256Hash: hash },
  })
  const send = (to: TestApi, payload: object) => to.app.inject({ method: 'POST', url: '/graphql', payload })

  it('are sent once, and named from then on', async () => {
    expect((await send(api, { extensions: extensions(query) })).json().errors[0].extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    )
    expect((await send(api, { query, extensions: extensions(query) })).json().data.product.title).toBe('Harbor Shirt')
    expect((await send(api, { extensions: extensions(query) })).json().data.product.title).toBe('Harbor Shirt')
    const wrong = await send(api, { query, extensions: extensions('another') })
    expect([wrong.statusCode, wrong.json().errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
  })

  it('may be the only ones that are answered', async () => {
    const strict = await open({}, [query])
    expect((await send(strict, { extensions: extensions(query) })).json().data.product.title).toBe('Harbor Shirt')
    expect((await send(strict, { query })).statusCode).toBe(200)
    const other = await send(strict, { query: '{ __typename }' })
    expect([other.statusCode, other.json().errors[0].extensions.code]).toEqual([400, 'OPERATION_NOT_REGISTERED'])
    await send(strict, { query: '{ __typename }', extensions: extensions('{ __typename }') })
    expect((await send(strict, { extensions: extensions('{ __typename }') })).json().errors[0].extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    )
  })

  it('answer a GET with a tag, and with nothing but 304 while it holds', async () => {
    const search = new URLSearchParams({ query, extensions: JSON.stringify(extensions(query)) })
    const get = (headers = {}) =>
      api.app.inject({
        method: 'GET',
        url: `/graphql?${search.toString()}`,
        headers: { 'apollo-require-preflight': '1', ...headers },
      })
    const first = await get()
    expect(first.headers['cache-control']).toBe('no-cache')
    expect(first.headers.etag).toMatch(/^"[\w-]{43}"$/)
    const again = await get({ 'if-none-match': `"x", ${first.headers.etag}` })
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', first.headers.etag])
    const editor = await bearer('catalog:write')
    await api.ask(
      'mutation { productUpdate(id: "Product:1", input: { title: "Other" }) { product { id } } }',
      {},
      editor,
    )
    const changed = await get({ 'if-none-match': first.headers.etag })
    expect([changed.statusCode, changed.json().data.product.title]).toEqual([200, 'Other'])
    expect((await get(editor)).headers['cache-control']).toBe('private, no-cache')
    await api.ask(
      'mutation { productUpdate(id: "Product:1", input: { title: "Harbor Shirt" }) { product { id } } }',
      {},
      editor,
    )
  })
})

describe('browsers', () => {
  const post = (to: TestApi, headers: Record<string, string> = {}) =>
    to.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: '{ __typename }' } })

  it('of sites on the list may read answers, and no others', async () => {
    const listed = await open({ LARDER_CORS_ORIGINS: 'https://shop.example, https://admin.example' })
    const preflight = (origin: string) =>
      listed.app.inject({
        method: 'OPTIONS',
        url: '/graphql',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
    expect((await preflight('https://shop.example')).headers['access-control-allow-origin']).toBe(
      'https://shop.example',
    )
    expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined()
    expect((await preflight('https://studio.apollographql.com')).headers['access-control-allow-origin']).toBeUndefined()
    const exposed = async (headers: Record<string, string>) =>
      (await post(listed, headers)).headers['access-control-expose-headers']
    expect(await exposed({ origin: 'https://shop.example' })).toContain('x-request-id')
    expect(await exposed({})).toBeUndefined()
  })

  it('of sites on the list may send the headers that the guide to frontends names, and no others', async () => {
    const guide = readFileSync(new URL('../../docs/guides/frontends.md', import.meta.url), 'utf8')
    const sentence = /may then send these headers: (.+?)\./.exec(guide)?.[1] ?? ''
    const named = [...sentence.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name)
    expect(named).toEqual(expect.arrayContaining(['x-request-id', 'traceparent']))
    const listed = await open({ LARDER_CORS_ORIGINS: 'https://shop.example' })
    const { headers } = await listed.app.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    })
    expect(String(headers['access-control-allow-headers']).split(', ').toSorted()).toEqual(named.toSorted())
  })

  it('are told to run nothing, except on the page of Sandbox, for developers', async () => {
    const page = (from: TestApi) =>
      from.app.inject({ method: 'GET', url: '/graphql', headers: { accept: 'text/html' } })
    const [closed, sandbox] = [await page(api), await page(await open({ LARDER_SANDBOX: 'on' }))]
    expect(closed.headers['content-security-policy']).toMatch(/^default-src 'none'/)
    expect(closed.headers['content-security-policy']).not.toContain('apollographql')
    expect(sandbox.statusCode).toBe(200)
    expect(sandbox.headers['content-security-policy']).toContain('embed.apollographql.com')
    expect(sandbox.body).toContain('Storefront')
    for (const { headers } of [closed, sandbox])
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'SAMEORIGIN',
      })
    const { headers: ofData } = await post(api)
    expect(ofData).toMatchObject({
      'content-security-policy': closed.headers['content-security-policy'],
      'x-content-type-options': 'nosniff',
    })
    for (const name of ['referrer-policy', 'x-frame-options', 'cache-control']) expect(ofData).not.toHaveProperty(name)
  })
})
