import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { identifyByToken, type TokenOptions } from '../../src/auth/tokens.ts'

const secret = 'a secret of more than thirty-two characters'
const key = new TextEncoder().encode(secret)
const options: TokenOptions = {
  keys: { secret },
  algorithms: ['HS256'],
  issuer: 'https://issuer.example',
  audience: 'larder',
  clockSkewMs: 5000,
}
const identify = identifyByToken(options)

function token(
  claims: object = {},
  { exp = '5m', alg = 'HS256', iss = 'https://issuer.example', aud = 'larder' } = {},
): SignJWT {
  return new SignJWT({ sub: 'ada', ...claims })
    .setProtectedHeader({ alg })
    .setIssuer(iss)
    .setAudience(aud)
    .setExpirationTime(exp)
}

async function refused(header: string): Promise<string> {
  const viewer = await identify(header)
  if (!('refused' in viewer)) throw new Error('was let in')
  return `${viewer.refused}: ${viewer.message}`
}

describe('a token', () => {
  it.each([
    [{ scope: 'catalog:write catalog:trace openid' }, ['catalog:write', 'catalog:trace']],
    [{ scp: ['reviews:write', 7] }, ['reviews:write']],
    [{ scp: 'reviews:write' }, ['reviews:write']],
    [{ scope: { catalog: 'write' } }, []],
    [{}, []],
  ])('with the claims %o has the scopes %o', async (claims, scopes) => {
    const viewer = await identify(`Bearer ${await token(claims).sign(key)}`)
    expect(viewer).toEqual({ authenticated: true, subject: 'ada', scopes: new Set(scopes) })
  })

  it('is not needed by somebody who may do nothing', async () => {
    expect(await identify(undefined)).toEqual({ authenticated: false, subject: null, scopes: new Set() })
  })

  it('is refused when it has expired, beyond what clocks may differ', async () => {
    const now = Math.floor(Date.now() / 1000)
    expect(
      await refused(
        `Bearer ${await token()
          .setExpirationTime(now - 10)
          .sign(key)}`,
      ),
    ).toContain('has expired')
    expect(
      await identify(
        `Bearer ${await token()
          .setExpirationTime(now - 2)
          .sign(key)}`,
      ),
    ).toHaveProperty('authenticated')
    expect(
      await refused(
        `Bearer ${await token()
          .setNotBefore(now + 60)
          .sign(key)}`,
      ),
    ).toContain('"nbf"')
  })

  it('that was let in once is refused all the same when it has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const header = `Bearer ${await token({}, { exp: '30s' }).sign(key)}`
      for (const laterMs of [0, 29_000]) {
        vi.advanceTimersByTime(laterMs)
        expect(await identify(header)).toMatchObject({ subject: 'ada' })
      }
      vi.advanceTimersByTime(7000)
      expect(await refused(header)).toContain('has expired')
    } finally {
      vi.useRealTimers()
    }
  })

  it('is refused without an end, from another issuer, for another audience', async () => {
    expect(
      await refused(
        `Bearer ${await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setIssuer('https://issuer.example').setAudience('larder').sign(key)}`,
      ),
    ).toContain('"exp"')
    expect(await refused(`Bearer ${await token({}, { iss: 'https://other.example' }).sign(key)}`)).toContain('"iss"')
    expect(await refused(`Bearer ${await token({}, { aud: 'shop' }).sign(key)}`)).toContain('"aud"')
  })

  it('is refused when it is forged, unsigned, signed in another way, or no token', async () => {
    const good = await token({ scope: 'catalog:write' }).sign(key)
    const [header, , signature] = good.split('.')
    const forged = Buffer.from(JSON.stringify({ scope: 'catalog:write', exp: 9_999_999_999 })).toString('base64url')
    const unsigned = new UnsecuredJWT({ scope: 'catalog:write' }).setExpirationTime('5m').encode()
    const bad = [
      `Bearer ${header}.${forged}.${signature}`,
      `Bearer ${await token().sign(new TextEncoder().encode(`${secret}!`))}`,
      `Bearer ${unsigned}`,
      `Bearer ${unsigned.replace(/\.$/, '')}.${signature}`,
      `Bearer ${await token({}, { alg: 'HS512' }).sign(key)}`,
      'Bearer',
      'Bearer ',
      'Bearer x',
      'Bearer a.b.c',
      `Basic ${good}`,
      good,
      `Bearer ${good} ${good}`,
      `Bearer ${good.slice(0, -4)}`,
      'Bearer ☃',
      `Bearer ${'a'.repeat(100_000)}`,
    ]
    for (const each of bad) expect(await refused(each)).toMatch(/^UNAUTHENTICATED: /)
  })
})

describe('keys that are published', () => {
  let server: Server
  let url: string
  let pair: Awaited<ReturnType<typeof generateKeyPair>>

  beforeAll(async () => {
    pair = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
    server = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  })
  afterAll(() => server.close())

  it('check the tokens that were signed with their other halves, and no others', async () => {
    const byUrl = identifyByToken({ keys: { jwksUrl: url }, algorithms: ['ES256'], clockSkewMs: 0 })
    const signed = (kid: string, privateKey = pair.privateKey) =>
      new SignJWT({ scope: 'catalog:write' })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setExpirationTime('5m')
        .sign(privateKey)
    expect(await byUrl(`Bearer ${await signed('one')}`)).toMatchObject({ scopes: new Set(['catalog:write']) })
    expect(await byUrl(`Bearer ${await signed('two')}`)).toMatchObject({ refused: 'UNAUTHENTICATED' })
    const other = await generateKeyPair('ES256')
    expect(await byUrl(`Bearer ${await signed('one', other.privateKey)}`)).toMatchObject({ refused: 'UNAUTHENTICATED' })
    // the classic confusion: signed with the published key as if it were a shared secret
    const confused = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setExpirationTime('5m')
      .sign(key)
    expect(await byUrl(`Bearer ${confused}`)).toMatchObject({ refused: 'UNAUTHENTICATED' })
  })

  it('that are withdrawn count until they are fetched anew, and a minute more at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const published = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }]
    const issuer = createServer((_request, response) => response.end(JSON.stringify({ keys: published })))
    try {
      await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
      const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`
      const byUrl = identifyByToken({ keys: { jwksUrl }, algorithms: ['ES256'], clockSkewMs: 0 })
      const signed = new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setExpirationTime('1h')
      const header = `Bearer ${await signed.sign(pair.privateKey)}`
      expect(await byUrl(header)).toHaveProperty('authenticated')
      published.length = 0
      // jose fetches the keys anew after ten minutes by itself
      vi.advanceTimersByTime(59_000)
      expect(await byUrl(header)).toHaveProperty('authenticated')
      vi.advanceTimersByTime(11 * 60_000)
      expect(await byUrl(header)).toMatchObject({ refused: 'UNAUTHENTICATED' })
    } finally {
      issuer.close()
      vi.useRealTimers()
    }
  })

  it('that cannot be fetched are not taken for a bad token', async () => {
    const nowhere = identifyByToken({
      keys: { jwksUrl: 'http://127.0.0.1:1/keys' },
      algorithms: ['ES256'],
      clockSkewMs: 0,
    })
    const signed = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('5m')
      .sign(pair.privateKey)
    expect(await nowhere(`Bearer ${signed}`)).toMatchObject({ refused: 'UNAVAILABLE' })
  })
})
