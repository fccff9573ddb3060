import fastify from 'fastify'
import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { healthRoutes } from '../../src/http/health.ts'
import { cacheHealth, databaseHealth } from '../../src/start/health.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'
import { startProxy } from '../setup/proxy.ts'
import { until } from '../setup/until.ts'

let url: string
let development: TestApi
let production: TestApi

beforeAll(async () => {
  const database = await testDatabase()
  ;({ url } = database)
  await storeFixture(database.client)
  development = await startApi({ url })
  production = await startApi({ url, production: true })
})
afterAll(async () => {
  await development.close()
  await production.close()
})

const get = (api: TestApi, path: string, headers = {}) => api.app.inject({ method: 'GET', url: path, headers })

describe('for developers', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/home.js', 'text/javascript; charset=utf-8'],
    ['/home.css', 'text/css; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml'],
    ['/docs/architecture', 'text/html; charset=utf-8'],
    ['/docs/guides/importing.md', 'text/html; charset=utf-8'],
  ])('%s is served from here, and may load nothing from elsewhere', async (path, type) => {
    const response = await get(development, path)
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe(type)
    expect(response.headers['x-content-type-options']).toBe('nosniff')
    if (type.startsWith('text/html')) {
      expect(response.headers['content-security-policy']).toContain("default-src 'none'")
      expect(response.body).not.toMatch(/src="https?:|<link[^>]*https?:/)
    }
  })

  /** The HTML of every page that is listed, by where it is. */
  async function guides(): Promise<Map<URL, string>> {
    const index = await get(development, '/docs')
    expect(index.statusCode).toBe(302)
    const { body } = await get(development, String(index.headers.location))
    const found = new Map<URL, string>()
    for (const [, path = ''] of body.matchAll(/href="(\/docs\/[^"]+)"/g)) {
      found.set(new URL(path, 'http://larder'), (await get(development, path)).body)
    }
    expect(found.size).toBeGreaterThan(10)
    return found
  }

  it('every page is listed, in the order of the index', async () => {
    const folder = new URL('../../docs/', import.meta.url)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
    const listed = [...(await guides()).keys()].map(({ pathname }) => pathname)
    expect(listed.toSorted()).toEqual(files.map((file) => `/docs/${file.slice(0, -'.md'.length)}`).toSorted())
    expect(listed.slice(0, 2)).toEqual(['/docs/README', '/docs/guides/frontends'])
  })

  it('the guides link to each other', async () => {
    for (const [guide, body] of await guides()) {
      for (const [, link = ''] of body.matchAll(/ href="(?!https?:)([^"]+)"/g)) {
        const { pathname, hash } = new URL(link, guide)
        const target = await get(development, pathname)
        const isThere = hash === '' || target.body.includes(` id="${hash.slice(1)}"`)
        expect([guide.pathname, link, target.statusCode, isThere]).toEqual([guide.pathname, link, 200, true])
      }
    }
  })

  it('whatever a guide shows is of the type of its ending', async () => {
    const typeOf: Record<string, string> = { '.png': 'image/png', '.svg': 'image/svg+xml' }
    const endings = new Set<string>()
    for (const [guide, body] of await guides()) {
      for (const [, source = ''] of body.matchAll(/ src="([^"]+)"/g)) {
        const { pathname } = new URL(source, guide)
        const { statusCode, headers } = await get(development, pathname)
        const ending = extname(pathname)
        expect([pathname, statusCode, headers['content-type']]).toEqual([pathname, 200, typeOf[ending]])
        endings.add(ending)
      }
    }
    expect(endings).toEqual(new Set(Object.keys(typeOf)))
  })
})

describe('for the public', () => {
  it('there is no page, no guide and no Sandbox', async () => {
    expect((await get(production, '/')).json()).toEqual({ name: 'Larder', api: '/graphql' })
    expect((await get(production, '/docs')).statusCode).toBe(404)
    expect((await get(production, '/graphql', { accept: 'text/html' })).body).not.toContain('sandbox')
    const { errors } = await production.ask('{ __schema { types { name } } }')
    expect(errors?.[0]?.message).toMatch(/introspection/i)
  })

  it('an answer does not explain itself', async () => {
    const { extensions } = await production.ask(
      '{ products(first: 1) { nodes { title } } }',
      {},
      { 'x-larder-trace': '1' },
    )
    expect(extensions?.larder).toBeUndefined()
  })
})

describe('a request that is not one', () => {
  it.each([
    ['of another path', { method: 'GET', url: '/nothing' } as const, 404, 'NOT_FOUND'],
    ['of another method', { method: 'DELETE', url: '/graphql' } as const, 405, 'BAD_REQUEST'],
    [
      'that is compressed',
      {
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        payload: gzipSync('{"query":"{ __typename }"}'),
      } as const,
      415,
      'BAD_REQUEST',
    ],
    [
      'that is no JSON',
      { method: 'POST', url: '/graphql', headers: { 'content-type': 'application/json' }, payload: '{' } as const,
      400,
      'BAD_REQUEST',
    ],
    [
      'of another type',
      { method: 'POST', url: '/graphql', headers: { 'content-type': 'text/csv' }, payload: 'a,b' } as const,
      415,
      'BAD_REQUEST',
    ],
    [
      'that is too large',
      {
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        payload: `{"query":"${'x'.repeat(300_000)}"}`,
      } as const,
      413,
      'REQUEST_TOO_LARGE',
    ],
  ])('%s gets a stable code', async (_name, request, status, code) => {
    const response = await development.app.inject(request)
    expect(response.statusCode).toBe(status)
    expect(response.json<{ errors: { extensions: { code: string } }[] }>().errors[0]?.extensions.code).toBe(code)
    expect(response.body).not.toMatch(/at .*\.[jt]s/)
  })
})

it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('%s is told which methods there are', async (method) => {
  const { statusCode, headers } = await development.app.inject({ method, url: '/graphql' })
  expect([statusCode, headers.allow]).toEqual([method === 'OPTIONS' ? 204 : 405, 'GET, HEAD, POST, OPTIONS'])
})

it('a compressed request is told what is wrong with it', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const { body } = await development.app.inject({ method: 'POST', url: '/graphql', headers, payload: gzipSync('{}') })
  expect(body).toContain('Send the request uncompressed, without Content-Encoding, but received')
})

describe('health and pictures', () => {
  it('tell whether the process lives and can serve', async () => {
    expect((await get(development, '/livez')).json()).toEqual({ status: 'ok' })
    expect((await get(development, '/readyz')).json()).toEqual({
      status: 'ok',
      database: { ok: true },
      cache: { ok: true },
    })
  })

  it('tell a balancer to send nobody while the database is away, and anybody while only the cache is', async () => {
    const direct = new URL(url)
    const proxy = await startProxy(Number(direct.port))
    direct.port = String(proxy.port)
    const api = await startApi({ url: direct.href })
    const { cache, database } = api
    const app = fastify()
    await app.register(healthRoutes({ database: () => databaseHealth(database), cache: () => cacheHealth(cache) }))
    const ready = async () => {
      const response = await app.inject('/readyz')
      const { status, database: itsDatabase, cache: itsCache } = response.json()
      return [response.statusCode, status, itsDatabase.ok, itsCache.ok]
    }
    expect(await ready()).toEqual([200, 'ok', true, true])
    await cache.trust(false)
    expect(await ready()).toEqual([200, 'ok', true, false])
    proxy.refuse()
    expect(await ready()).toEqual([503, 'unavailable', false, false])
    expect((await app.inject('/livez')).statusCode).toBe(200)
    proxy.pass()
    await until(async () => (await ready())[0] === 200)
    await app.close()
    await api.close()
    await proxy.stop()
  })

  it('a picture may be kept forever, and an unknown one is not found', async () => {
    const response = await get(development, '/pictures/top-10-0.svg')
    expect(response.statusCode).toBe(200)
    expect(response.headers['cache-control']).toContain('immutable')
    expect((await get(development, '/pictures/nothing.svg')).statusCode).toBe(404)
  })
})
