import { readFile } from 'node:fs/promises'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'
import { appOptions } from '../src/start/app-options.ts'
import { variables } from '../src/variables.ts'

it('nobody is served in production who cannot be told from anybody', () => {
  expect(() => appOptions(readConfig({ NODE_ENV: 'production' }))).toThrow(/LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL/)
  expect(() => appOptions(readConfig({ NODE_ENV: 'production', LARDER_AUTH_SECRET: 's'.repeat(32) }))).not.toThrow()
  const both = { LARDER_AUTH_SECRET: 's'.repeat(32), LARDER_AUTH_JWKS_URL: 'https://issuer.example/keys' }
  expect(() => readConfig(both)).toThrow(/both set/)
  expect(() => readConfig({ LARDER_AUTH_SECRET: 's'.repeat(32), LARDER_AUTH_ALGORITHMS: 'HS256,RS256' })).toThrow(
    /RS256 does not go/,
  )
  expect(() =>
    readConfig({ LARDER_AUTH_JWKS_URL: 'https://issuer.example/keys', LARDER_AUTH_ALGORITHMS: 'none' }),
  ).toThrow(/LARDER_AUTH_ALGORITHMS/)
  expect(() => readConfig({ LARDER_AUTH_SECRET: 'much too short' })).toThrow(
    /^LARDER_AUTH_SECRET must be at least 32 characters, .+, but is 14 characters long\.$/,
  )
})

it('a secret of blanks is none', () => {
  expect(() => readConfig({ LARDER_AUTH_SECRET: ' '.repeat(40) })).toThrow(
    /^LARDER_AUTH_SECRET must be at least 32 characters, not counting blanks around them, but is 40 characters long\.$/,
  )
})

it.each(['LARDER_AUTH_ISSUER', 'LARDER_AUTH_AUDIENCE', 'LARDER_AUTH_ALGORITHMS'])(
  'nobody is let in unchecked who was to be checked by %s',
  (name) => {
    const environment = { [name]: 'ES256' }
    expect(() => readConfig(environment)).toThrow(
      `${name} must go with LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL, but neither is set`,
    )
    expect(() => readConfig({ ...environment, LARDER_AUTH_JWKS_URL: 'https://issuer.example/keys' })).not.toThrow()
    expect(() => readConfig({ [name]: '' })).not.toThrow()
  },
)

it('all that was to be checked of tokens and is not is named together', () => {
  expect(() => readConfig({ LARDER_AUTH_ISSUER: 'them', LARDER_AUTH_AUDIENCE: 'us' })).toThrow(
    /^LARDER_AUTH_ISSUER, LARDER_AUTH_AUDIENCE must go with LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL, /,
  )
})

describe('the configuration', () => {
  it('works with nothing set, and takes empty for not set', () => {
    const empty = Object.fromEntries(Object.keys(variables).map((name) => [name, '']))
    expect(readConfig(empty)).toEqual(readConfig({}))
    expect(readConfig({})).toMatchObject({
      PORT: 4000,
      HOST: '127.0.0.1',
      LARDER_SAMPLE_DATA: 1000,
      LOG_LEVEL: 'warn',
      LARDER_CURRENCY: 'USD',
    })
  })

  it('leaves a real database as it is, and logs more in production', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://h/d', NODE_ENV: 'production' })).toMatchObject({
      LARDER_SAMPLE_DATA: 0,
      LOG_LEVEL: 'info',
    })
  })

  it.each([
    ['redis://h:1'],
    ['rediss://u:p@h:1/2'],
    ['redis://[::1]:1/?db=2'],
    ['redis-cluster://one:1,two:2'],
    ['rediss-cluster://u:p@one:1'],
    ['redis-sentinel://u:p%40@one:1,two:2/name'],
  ])('takes %s for a Redis', (url) => {
    expect(readConfig({ REDIS_URL: url }).REDIS_URL).toBe(url)
  })

  it.each([
    ['redis://h:1/abc'],
    ['redis://h:1/-1'],
    ['redis://h:1?db=x'],
    ['redis://:pass%zz@h'],
    ['redis://:pass@h:99999'],
    ['redis-cluster://h:99999'],
    ['redis-cluster://u:pass@h:99999'],
    ['redis-cluster://u:pass%zz@h:6379'],
    ['redis-sentinel://h:99999/x'],
    ['redis-sentinel://u:pass%zz@h:26379/x'],
  ])('refuses %s for a Redis in one line, without its password', (url) => {
    expect(() => readConfig({ REDIS_URL: url })).toThrow(/^REDIS_URL must be a url (?!.*pass%|.*pass@)[^\n]+$/)
  })

  it.each([
    ['postgresql://u:sec@ret@x:99999/y', 'postgresql://***@x:99999/y'],
    ['u:secretpw@x/y', '***@x/y'],
    ['postgresql://u:sec%ret@x/y', 'postgresql://***@x/y'],
    ['host=x password=secret dbname=y', 'host=x password=***'],
    ['postgresql://x:99999/y?user=u&password=sec@ret', 'postgresql://x:99999/y?user=u&password=***'],
  ])('shows nothing of the password in %s', (url, shown) => {
    expect(() => readConfig({ DATABASE_URL: url })).toThrow(
      new RegExp(` but is "${shown.replaceAll(/[*?]/g, '\\$&')}"\\.$`),
    )
  })

  it('refuses what would have no effect, and one port for two things', () => {
    expect(() => readConfig({ LARDER_DIRECT_DATABASE_URL: 'postgresql://h/d' })).toThrow(
      /^LARDER_DIRECT_DATABASE_URL must go with DATABASE_URL, but that is not set/,
    )
    expect(() => readConfig({ METRICS_PORT: '4000' })).toThrow(
      /^METRICS_PORT must be another port than PORT, but both are 4000\./,
    )
    expect(readConfig({ PORT: '0', METRICS_PORT: '0' }).METRICS_PORT).toBe(0)
  })

  it.each([
    ['PORT', '70000', 'PORT must be a whole number from 0 to 65535, but is "70000".'],
    ['PORT', '4e3', 'PORT must be a whole number from 0 to 65535, but is "4e3".'],
    ['NODE_ENV', 'prod', 'NODE_ENV must be development, test or production, but is "prod".'],
    [
      'DATABASE_URL',
      'mysql://u:secret@h/d',
      'DATABASE_URL must be a url `postgresql://user:password@host:port/database`, but is "mysql://***@h/d".',
    ],
    [
      'REDIS_URL',
      'localhost:6379',
      'REDIS_URL must be a url `redis://user:password@host:port/number`, `rediss://…`, `redis-cluster://one:6379,two:6379`, or `redis-sentinel://one:26379,two:26379/name`, but is "localhost:6379".',
    ],
    [
      'REDIS_URL',
      'redis-cluster://one,two',
      'REDIS_URL must be a url `redis://user:password@host:port/number`, `rediss://…`, `redis-cluster://one:6379,two:6379`, or `redis-sentinel://one:26379,two:26379/name`, but is "redis-cluster://one,two".',
    ],
    ['LARDER_MIGRATE', 'yes', 'LARDER_MIGRATE must be on or off, but is "yes".'],
    ['LARDER_CURRENCY', 'dollars', 'LARDER_CURRENCY must be a currency code of ISO 4217, but is "dollars".'],
    ['LARDER_TTL_MS', '0', 'LARDER_TTL_MS must be a whole number of milliseconds from 1 to 2147483647, but is "0".'],
  ])('refuses %s=%s and says what is allowed', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message)
  })

  it.each(['10.0.0.0/8', '10.0.0.1', '::1', 'fd00::/8', '::ffff:10.0.0.0/104', 'loopback, linklocal, uniquelocal'])(
    'takes %s for proxies to trust',
    async (proxies) => {
      const { LARDER_TRUST_PROXY: trustProxy } = readConfig({ LARDER_TRUST_PROXY: proxies })
      expect(trustProxy).toEqual(proxies.split(', '))
      await fastify({ trustProxy: [...trustProxy] }).close()
    },
  )

  it.each(['10.0.0', '300.1.1.1', '10.0.0.0/99', '10.0.0.0/0', '::1/129', '10.0.0.0/', 'localhost', '::1, ::g'])(
    'refuses %s for proxies to trust',
    (proxies) => {
      expect(() => readConfig({ LARDER_TRUST_PROXY: proxies })).toThrow(
        /^LARDER_TRUST_PROXY must be a list of addresses and networks such as/,
      )
    },
  )

  it('tells every fault at once', () => {
    expect(() => readConfig({ PORT: 'x', HOST: 'ok', LARDER_MIGRATE: 'y' })).toThrow(/^PORT .*\nLARDER_MIGRATE .*$/)
  })

  it('refuses a lease that ends before the slowest statement, and a hold before the slowest transaction', () => {
    expect(() => readConfig({ LARDER_HOLD_MS: '5000' })).toThrow(
      'LARDER_HOLD_MS must be longer than LARDER_TRANSACTION_TIMEOUT_MS (5000), but is 5000',
    )
    expect(() => readConfig({ LARDER_LEASE_MS: '5000' })).toThrow(
      'LARDER_LEASE_MS must be longer than LARDER_STATEMENT_TIMEOUT_MS (5000), but is 5000',
    )
  })
})

describe('what is written about it', () => {
  it.each(Object.entries(variables))(
    'has a row for %s that says what the code says',
    async (name, { about, allowed, standard }) => {
      const page = await readFile(new URL('../docs/reference/configuration.md', import.meta.url), 'utf8')
      expect(page).toContain(`| \`${name}\` | ${about} | ${allowed} | ${standard} |`)
      const example = await readFile(new URL('../.env.example', import.meta.url), 'utf8')
      expect(example).toContain(`# ${about}\n# Allowed: ${allowed}. Default: ${standard}.\n# ${name}=`)
    },
  )

  it('has no row for what is not read', async () => {
    const page = await readFile(new URL('../docs/reference/configuration.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm)].map(([, name]) => name)
    expect(rows).toEqual(Object.keys(variables))
  })
})
