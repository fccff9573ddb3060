import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testSecret, type TestApi } from '../setup/api.ts'
import { startWithConsole } from '../setup/console.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let url: string
const opened: TestApi[] = []

beforeAll(async () => {
  const database = await testDatabase()
  ;({ url } = database)
  await storeFixture(database.client)
})
afterAll(async () => {
  for (const each of opened) await each.close()
})

async function open(environment: Record<string, string>): Promise<TestApi> {
  const api = await startWithConsole(url, environment)
  opened.push(api)
  return api
}

const production = { NODE_ENV: 'production', LARDER_AUTH_SECRET: testSecret }
const withTokens = { ...production, LARDER_CONSOLE: 'on' }
const page = { 'x-larder-console': '1' }

async function token(scope: string): Promise<string> {
  return new SignJWT({ scope, sub: 'ada' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(testSecret))
}

const get = (api: TestApi, path: string, headers = {}) => api.app.inject({ method: 'GET', url: path, headers })
const post = (api: TestApi, path: string, payload: object, headers = {}) =>
  api.app.inject({ method: 'POST', url: path, payload, headers })
const evictOne = (api: TestApi, headers = {}) => post(api, '/console/evict', { keys: ['product:1'] }, headers)

describe('in development, without tokens', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await open({})
  })

  it('the page and all that it loads come from here, under a policy that allows nothing else', async () => {
    const response = await get(api, '/console')
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = String(response.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain("form-action 'none'; frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(response.body).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son[a-z]+="/)
    const files = [...response.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path ?? '')
    expect(files.length).toBeGreaterThan(4)
    for (const path of files) {
      expect(path).toMatch(/^\/console\//)
      expect([path, (await get(api, path)).statusCode]).toEqual([path, 200])
    }
  })

  it('an asset that has not changed is not sent again', async () => {
    const { headers } = await get(api, '/console/main.js')
    expect((await get(api, '/console/main.js', { 'if-none-match': headers.etag })).statusCode).toBe(304)
  })

  it('everybody may watch, find and evict', async () => {
    expect((await get(api, '/console/session')).json()).toEqual({ signedIn: false })
    expect((await get(api, '/console/inspect?what=product&name=1')).json()).toMatchObject({
      subject: 'product 1',
      entries: [{ name: 'product:1', database: { value: { title: 'Harbor Shirt' } } }, {}, {}, {}, {}, {}, {}],
    })
    expect((await evictOne(api, page)).statusCode).toBe(200)
  })

  it('but no other site can have a browser do so', async () => {
    expect((await evictOne(api)).statusCode).toBe(403)
    expect((await evictOne(api, { ...page, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await evictOne(api, { ...page, 'sec-fetch-site': 'same-site' })).statusCode).toBe(403)
    expect((await evictOne(api, { ...page, origin: 'https://evil.example' })).statusCode).toBe(403)
    expect((await evictOne(api, { ...page, origin: 'null' })).statusCode).toBe(403)
    expect(
      (await evictOne(api, { ...page, host: 'larder.test:4000', origin: 'http://larder.test:4000' })).statusCode,
    ).toBe(200)
    for (const path of ['/console/events', '/console/session', '/console/inspect?what=product&name=1']) {
      expect((await get(api, path, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
      expect((await get(api, path, { origin: 'https://studio.apollographql.com' })).statusCode).toBe(403)
    }
    const preflight = await api.app.inject({
      method: 'OPTIONS',
      url: '/console/evict',
      headers: {
        origin: 'https://studio.apollographql.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-larder-console',
      },
    })
    expect(preflight.headers['access-control-allow-headers']).not.toContain('x-larder-console')
  })

  it('says what is wrong with a request', async () => {
    expect((await get(api, '/console/inspect?what=table&name=1')).statusCode).toBe(400)
    expect((await get(api, '/console/inspect?what=product')).statusCode).toBe(400)
    for (const body of [{}, { keys: [] }, { keys: 'product:1' }, { keys: [1] }, { keys: Array(501).fill('a') }])
      expect((await post(api, '/console/evict', body, page)).statusCode).toBe(400)
    const refused = await post(api, '/console/evict', { keys: ['product:1', 'life'] }, page)
    expect(refused.statusCode).toBe(400)
    expect(refused.json().errors[0].message).toContain('but not life')
  })

  it('states come as server-sent events, the whole first, and end with the server', async () => {
    const own = await open({})
    const address = await own.app.listen({ port: 0, host: '127.0.0.1' })
    await own.ask('{ products(first: 1) { nodes { title } } }')
    const response = await fetch(`${address}/console/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!/^data: .*\n\n/m.test(text)) text += (await reader.read()).value ?? ''
    const [, data = ''] = /^retry: 1000\n\nevent: state\ndata: (.*)\n\n/.exec(text) ?? []
    expect(JSON.parse(data)).toMatchObject({ whole: true, most: 300, kinds: expect.any(Array) as unknown })
    const closing = own.app.close()
    for (let end = false; !end;) end = (await reader.read()).done
    await closing
  })
})

describe('where tokens are asked for', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await open(withTokens)
  })
  const bearer = async (scope: string) => ({ ...page, authorization: `Bearer ${await token(scope)}` })

  it('the page says nothing, and everything else asks for a token with the scope', async () => {
    expect((await get(api, '/console')).statusCode).toBe(200)
    for (const path of ['/console/session', '/console/events', '/console/inspect?what=product&name=1']) {
      expect((await get(api, path)).json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
      expect((await get(api, path, await bearer('catalog:write'))).statusCode).toBe(403)
      expect((await get(api, path, { authorization: 'Bearer nonsense' })).statusCode).toBe(401)
    }
    expect((await get(api, '/console/session', await bearer('catalog:trace'))).json()).toEqual({ signedIn: false })
  })

  it('looking into entries takes another scope than watching, since drafts are among them', async () => {
    const draft = '/console/inspect?what=product&name=secret-draft'
    const refused = await get(api, draft, await bearer('catalog:trace'))
    expect([refused.statusCode, refused.body.includes('Secret Draft')]).toEqual([403, false])
    const shown = await get(api, draft, await bearer('catalog:trace catalog:write'))
    expect([shown.statusCode, shown.body.includes('Secret Draft')]).toEqual([200, true])
  })

  it('and so does evicting', async () => {
    expect((await evictOne(api, page)).statusCode).toBe(401)
    expect((await evictOne(api, await bearer('catalog:trace'))).statusCode).toBe(403)
    expect((await evictOne(api, await bearer('catalog:trace catalog:write'))).statusCode).toBe(200)
  })

  it('a browser signs in, into a cookie that scripts and other sites cannot use, and out again', async () => {
    const signed = await post(api, '/console/session', { token: await token('catalog:trace catalog:write') }, page)
    expect(signed.statusCode).toBe(204)
    const set = String(signed.headers['set-cookie'])
    expect(set).toMatch(/^larder_console=[\w.-]+; Path=\/console; HttpOnly; SameSite=Strict; Secure$/)
    const cookie = set.split(';')[0] ?? ''
    const session = await get(api, '/console/session', { cookie })
    expect(session.json()).toEqual({ signedIn: true })
    expect(session.headers['cache-control']).toBe('no-store')
    expect((await evictOne(api, { ...page, cookie })).statusCode).toBe(200)
    expect((await evictOne(api, { cookie })).statusCode).toBe(403)
    const out = await api.app.inject({ method: 'DELETE', url: '/console/session', headers: { ...page, cookie } })
    expect(String(out.headers['set-cookie'])).toMatch(/^larder_console=; .*Max-Age=0$/)
  })

  it('what is no such token is not taken, and no other site signs anybody in', async () => {
    const may = { token: await token('catalog:trace') }
    expect((await post(api, '/console/session', may)).statusCode).toBe(403)
    expect((await post(api, '/console/session', may, { ...page, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await post(api, '/console/session', { token: await token('catalog:write') }, page)).statusCode).toBe(403)
    expect((await post(api, '/console/session', { token: 'nonsense' }, page)).statusCode).toBe(401)
    for (const given of [{}, { token: 1 }, { token: 'a; Domain=evil' }, { token: 'a'.repeat(4000) }])
      expect((await post(api, '/console/session', given, page)).statusCode).toBe(400)
  })
})

describe('in production', () => {
  it('there is no console unless it is asked for', async () => {
    const api = await open(production)
    for (const path of ['/console', '/console/main.js', '/console/events', '/console/session'])
      expect([path, (await get(api, path)).statusCode]).toEqual([path, 404])
    expect((await evictOne(api, page)).statusCode).toBe(404)
  })
})
