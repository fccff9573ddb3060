import { z } from 'zod'
import { currencies } from './currencies.ts'
import { isRedisUrl } from './redis/address.ts'
import { listOf, milliseconds, network, urlOf, variable, wholeNumber } from './variable.ts'

// signatures with a shared secret, and with a pair of keys
const signatures = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

/** Every variable that Larder reads. docs/reference/configuration.md shows the same. */
export const variables = {
  PORT: variable(
    'The port to listen on; 0 lets the system choose.',
    'a whole number from 0 to 65535',
    '4000',
    wholeNumber(0, 65_535).default(4000),
  ),
  HOST: variable(
    'The address to listen on; 0.0.0.0 for all of them.',
    'a host name or an address',
    '127.0.0.1',
    z.string().min(1).default('127.0.0.1'),
  ),
  NODE_ENV: variable(
    'In production Sandbox, introspection and the console are off unless they are turned on, the page at / and the guides are not served, a way to check tokens is required, and clients are rate-limited.',
    'development, test or production',
    'development',
    z.enum(['development', 'test', 'production']).default('development'),
  ),
  LOG_LEVEL: variable(
    'How much is logged.',
    'fatal, error, warn, info, debug, trace or silent',
    'info in production, else warn',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  ),
  METRICS_TOKEN: variable(
    'The bearer token that /metrics asks for. Without it and without METRICS_PORT, only programs on this machine may read /metrics.',
    'at least 16 characters without blanks',
    'none',
    z
      .string()
      .regex(/^\S{16,}$/)
      .optional(),
  ),
  METRICS_PORT: variable(
    'A separate port for /metrics, on the address of HOST; /metrics is then not served on PORT. 0 lets the system choose.',
    'a whole number from 0 to 65535',
    'none',
    wholeNumber(0, 65_535).optional(),
  ),
  LARDER_TRACES: variable(
    'Whether requests are traced with OpenTelemetry.',
    'on or off',
    'off',
    z.enum(['on', 'off']).default('off'),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    'Where traces are sent, by OTLP over HTTP. The other variables of OpenTelemetry apply as well.',
    'an http or https url',
    'http://localhost:4318',
    urlOf('http:', 'https:').optional(),
  ),
  DATABASE_URL: variable(
    'The PostgreSQL server, 14 or later. Without it an embedded one is started.',
    'a url `postgresql://user:password@host:port/database`',
    'the embedded PostgreSQL',
    urlOf('postgresql:', 'postgres:').optional(),
  ),
  LARDER_DIRECT_DATABASE_URL: variable(
    'The same server, without a pooler such as PgBouncer in between: for the one connection that listens for changes, and for migrations. Needed where DATABASE_URL leads to a pooler.',
    'a url `postgresql://user:password@host:port/database`',
    'DATABASE_URL',
    urlOf('postgresql:', 'postgres:').optional(),
  ),
  REDIS_URL: variable(
    'The Redis server, 7 or later, that all instances share. Without it one instance caches in its own memory.',
    'a url `redis://user:password@host:port/number`, `rediss://…`, `redis-cluster://one:6379,two:6379`, or `redis-sentinel://one:26379,two:26379/name`',
    'the in-process cache',
    z.string().refine(isRedisUrl).optional(),
  ),
  LARDER_DIRECTORY: variable(
    'Where the embedded PostgreSQL keeps its data.',
    'a path',
    '.larder',
    z.string().min(1).default('.larder'),
  ),
  LARDER_SAMPLE_DATA: variable(
    'How many products to generate where the catalog is empty at the start; 0 for none.',
    'a whole number from 0 to 10000000',
    '1000 with the embedded database, 0 with DATABASE_URL',
    wholeNumber(0, 10_000_000).optional(),
  ),
  LARDER_MIGRATE: variable(
    'on: apply pending migrations at the start, which is safe with many instances. off: refuse to start on a database that is behind. A database that is ahead of the build is refused either way.',
    'on or off',
    'on',
    z.enum(['on', 'off']).default('on'),
  ),
  LARDER_AUTH_SECRET: variable(
    'The secret that tokens are signed with, shared with their issuer. This or LARDER_AUTH_JWKS_URL is required in production; not both.',
    'at least 32 characters, not counting blanks around them',
    'none',
    z
      .string()
      .refine((secret) => secret.trim().length >= 32)
      .optional(),
  ),
  LARDER_AUTH_JWKS_URL: variable(
    'Where the issuer publishes the public keys that tokens are checked with.',
    'an http or https url',
    'none',
    urlOf('http:', 'https:').optional(),
  ),
  LARDER_AUTH_ALGORITHMS: variable(
    'The algorithms that tokens may be signed with; tokens with any other are refused.',
    `a list such as RS256,ES256 of ${signatures.join(', ')}`,
    'HS256 with LARDER_AUTH_SECRET, RS256,ES256 with LARDER_AUTH_JWKS_URL',
    listOf(z.enum(signatures)).optional(),
  ),
  LARDER_AUTH_ISSUER: variable('Who must have issued a token.', 'text', 'anyone', z.string().min(1).optional()),
  LARDER_AUTH_AUDIENCE: variable(
    'For whom a token must have been issued.',
    'text',
    'anyone',
    z.string().min(1).optional(),
  ),
  LARDER_AUTH_CLOCK_SKEW_MS: variable(
    'How far the clock of the issuer may differ from the clock of this machine.',
    ...milliseconds(5000, 0),
  ),
  LARDER_INTROSPECTION: variable(
    'Whether clients may ask for the schema.',
    'on or off',
    'on, off in production',
    z.enum(['on', 'off']).optional(),
  ),
  LARDER_SANDBOX: variable(
    "Whether browsers that open /graphql are shown Apollo Sandbox, which comes from Apollo's servers.",
    'on or off',
    'on, off in production',
    z.enum(['on', 'off']).optional(),
  ),
  LARDER_CONSOLE: variable(
    'Whether /console shows what the cache does. Where tokens are checked, it needs one with the scope catalog:trace, and catalog:write as well to look into entries and to evict.',
    'on or off',
    'on, off in production',
    z.enum(['on', 'off']).optional(),
  ),
  LARDER_OPERATIONS: variable(
    'A manifest of the only operations that are answered, as @apollo/generate-persisted-query-manifest writes it.',
    'a path',
    'none: any operation is answered',
    z.string().min(1).optional(),
  ),
  LARDER_CORS_ORIGINS: variable(
    'The sites whose pages may read answers.',
    'a list such as `https://shop.example,https://admin.example`',
    'none',
    listOf(z.string().regex(/^https?:\/\/[^/\s]+$/)).default([]),
  ),
  LARDER_TRUST_PROXY: variable(
    'Proxies whose `X-Forwarded-*` headers are trusted.',
    'a list of addresses and networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    'loopback',
    listOf(z.enum(['loopback', 'linklocal', 'uniquelocal']).or(network)).default(['loopback']),
  ),
  RATE_LIMIT: variable(
    'Requests a minute that each client may send, counted by the subject of its token, else by address.',
    'a whole number from 1 to 1000000000, or off',
    '6000 in production, else off',
    z.literal('off').or(wholeNumber(1, 1_000_000_000)).optional(),
  ),
  LARDER_MAX_DEPTH: variable(
    'How deeply the fields of an operation may be nested.',
    'a whole number from 1 to 100',
    '15',
    wholeNumber(1, 100).default(15),
  ),
  LARDER_MAX_ALIASES: variable(
    'How many aliases an operation may have.',
    'a whole number from 0 to 10000',
    '50',
    wholeNumber(0, 10_000).default(50),
  ),
  LARDER_MAX_TOKENS: variable(
    'How many lexical tokens an operation may have.',
    'a whole number from 10 to 1000000',
    '2000',
    wholeNumber(10, 1_000_000).default(2000),
  ),
  LARDER_MAX_COST: variable(
    'What an operation may cost: an object costs 1, a page as many times its item as it asks for.',
    'a whole number from 1 to 1000000000',
    '20000',
    wholeNumber(1, 1_000_000_000).default(20_000),
  ),
  LARDER_MAX_BODY_KB: variable(
    'How large a request may be, in kilobytes.',
    'a whole number from 1 to 102400',
    '256',
    wholeNumber(1, 102_400).default(256),
  ),
  LARDER_CURRENCY: variable(
    'The currency of price filters that name none.',
    'a currency code of ISO 4217',
    'USD',
    z.enum([...currencies.keys()]).default('USD'),
  ),
  LARDER_CACHE_PREFIX: variable(
    'What every key in Redis begins with; one for each catalog that shares a Redis.',
    'letters, digits, hyphens and underscores',
    'larder',
    z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/)
      .default('larder'),
  ),
  LARDER_TTL_MS: variable('How long an entry lives in the cache, give or take a tenth.', ...milliseconds(1_800_000)),
  LARDER_NEGATIVE_TTL_MS: variable('How long a known absence lives in the cache.', ...milliseconds(60_000)),
  LARDER_LEASE_MS: variable(
    'How long other readers are kept from loading an entry whose reader died. Must be longer than LARDER_STATEMENT_TIMEOUT_MS.',
    ...milliseconds(10_000),
  ),
  LARDER_HOLD_MS: variable(
    'How long readers are kept from the cached entries of a writer that died. Must be longer than LARDER_TRANSACTION_TIMEOUT_MS.',
    ...milliseconds(10_000),
  ),
  LARDER_WAIT_MS: variable(
    'How long a read waits for another process to load the same entry, and how long a request waits for an identical one.',
    ...milliseconds(1000),
  ),
  LARDER_REDIS_READ_TIMEOUT_MS: variable(
    'How long Redis may take before a read goes to the database.',
    ...milliseconds(50),
  ),
  LARDER_REDIS_WRITE_TIMEOUT_MS: variable('How long Redis may take to evict.', ...milliseconds(1000)),
  LARDER_TRUST_MS: variable(
    'With Redis replicas: how long Redis may be read after the relay last confirmed it. Bounds how long a replaced primary can serve old entries.',
    ...milliseconds(2000, 1000),
  ),
  LARDER_MEMORY_ENTRIES: variable(
    'How many entries the in-process cache keeps at most.',
    'a whole number from 1 to 10000000',
    '100000',
    wholeNumber(1, 10_000_000).default(100_000),
  ),
  LARDER_MEMORY_MB: variable(
    'How many megabytes the in-process cache may take; with Redis, the copies that each process keeps of its entries.',
    'a whole number from 1 to 65536',
    '128',
    wholeNumber(1, 65_536).default(128),
  ),
  LARDER_POOL_SIZE: variable(
    'Connections to PostgreSQL to read with.',
    'a whole number from 1 to 1000',
    '10',
    wholeNumber(1, 1000).default(10),
  ),
  LARDER_WRITE_POOL_SIZE: variable(
    'Connections to PostgreSQL to write with. The relay uses one more.',
    'a whole number from 1 to 1000',
    '5',
    wholeNumber(1, 1000).default(5),
  ),
  LARDER_WRITES: variable(
    'What to do with a write when its cache entries cannot be held. available: make it, and answer once every instance is safe. strict: refuse it.',
    'available or strict',
    'available',
    z.enum(['available', 'strict']).default('available'),
  ),
  LARDER_PROPAGATION_MS: variable(
    'How long the answer to a write waits for its evictions to be confirmed, before it says PENDING.',
    ...milliseconds(10_000, 0),
  ),
  LARDER_MAX_REQUESTS: variable(
    'How many requests are answered at the same time. Any more are refused at once, with 503 and Retry-After.',
    'a whole number from 1 to 1000000',
    '500',
    wholeNumber(1, 1_000_000).default(500),
  ),
  LARDER_DEADLINE_MS: variable('How long a request may go on reading.', ...milliseconds(15_000)),
  LARDER_STATEMENT_TIMEOUT_MS: variable('How long an SQL statement may run.', ...milliseconds(5000)),
  LARDER_TRANSACTION_TIMEOUT_MS: variable(
    'How long a writing transaction may take, wait for a connection, or stand idle.',
    ...milliseconds(5000),
  ),
}
