import { z } from 'zod'
import { isRedisGroup } from './redis/address.ts'
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

/** Every variable that Larder reads. docs/configuration.md shows the same. */
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
    'In production nothing is open that a developer alone needs: no Sandbox, no introspection, no explanations of answers.',
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
    'What whoever collects /metrics must send as a bearer token. Without it and without METRICS_PORT, only this machine may.',
    'at least 16 characters without blanks',
    'none',
    z
      .string()
      .regex(/^\S{16,}$/)
      .optional(),
  ),
  METRICS_PORT: variable(
    'A port of its own for /metrics, on the address of HOST; it is not served on PORT then. 0 lets the system choose.',
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
    'Where traces go, over OTLP and HTTP. The other variables of OpenTelemetry hold as well.',
    'an http or https url',
    'http://localhost:4318',
    urlOf('http:', 'https:').optional(),
  ),
  DATABASE_URL: variable(
    'The PostgreSQL server, 14 or later. Without it an embedded one is started.',
    'a url postgresql://user:password@host:port/database',
    'the embedded PostgreSQL',
    urlOf('postgresql:', 'postgres:').optional(),
  ),
  LARDER_DIRECT_DATABASE_URL: variable(
    'The same server past a pooler such as PgBouncer, for the one connection that listens for changes. Needed where DATABASE_URL leads to a pooler.',
    'a url postgresql://user:password@host:port/database',
    'DATABASE_URL',
    urlOf('postgresql:', 'postgres:').optional(),
  ),
  REDIS_URL: variable(
    'The Redis server, 7 or later, that all instances share. Without it one instance caches in its own memory.',
    'a url redis://…, rediss://…, redis-cluster://one:6379,two:6379, or redis-sentinel://one:26379,two:26379/name',
    'the in-process cache',
    urlOf('redis:', 'rediss:').or(z.string().refine(isRedisGroup)).optional(),
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
    'on: bring the database up to date at the start, which is safe with many instances. off: refuse to start on a database that is behind. One that is ahead of the build is refused either way.',
    'on or off',
    'on',
    z.enum(['on', 'off']).default('on'),
  ),
  LARDER_AUTH_SECRET: variable(
    'The secret that tokens are signed with, shared with whoever issues them. This or LARDER_AUTH_JWKS_URL is needed in production.',
    'at least 32 characters',
    'none',
    z.string().min(32).optional(),
  ),
  LARDER_AUTH_JWKS_URL: variable(
    'Where the public keys that tokens are signed with are published.',
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
  LARDER_AUTH_AUDIENCE: variable('Whom a token must be meant for.', 'text', 'anyone', z.string().min(1).optional()),
  LARDER_AUTH_CLOCK_SKEW_MS: variable(
    'How far the clock of whoever issues tokens may differ from ours.',
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
    'Whether /console shows what the cache does. Where tokens are asked for, it takes one with the scope catalog:trace, and catalog:write to evict.',
    'on or off',
    'on, off in production',
    z.enum(['on', 'off']).optional(),
  ),
  LARDER_OPERATIONS: variable(
    'A manifest of the only operations to answer, as @apollo/generate-persisted-query-manifest writes it.',
    'a path',
    'none: any operation is answered',
    z.string().min(1).optional(),
  ),
  LARDER_CORS_ORIGINS: variable(
    'The sites whose pages may read answers.',
    'a list such as https://shop.example,https://admin.example',
    'none',
    listOf(z.string().regex(/^https?:\/\/[^/\s]+$/)).default([]),
  ),
  LARDER_TRUST_PROXY: variable(
    'The proxies in front whose word on the address, scheme and host of clients is believed.',
    'a list of addresses and networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    'loopback',
    listOf(z.enum(['loopback', 'linklocal', 'uniquelocal']).or(network)).default(['loopback']),
  ),
  RATE_LIMIT: variable(
    'Requests a minute for each client, by token or address.',
    'a whole number from 1 to 1000000000, or off',
    '6000 in production, else off',
    z.literal('off').or(wholeNumber(1, 1_000_000_000)).optional(),
  ),
  LARDER_MAX_DEPTH: variable(
    'How deep the fields of an operation may lie.',
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
    'How many names, values and signs an operation may consist of.',
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
    z.enum(Intl.supportedValuesOf('currency')).default('USD'),
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
    'How long a reader that died keeps others from loading the same entry. Longer than LARDER_STATEMENT_TIMEOUT_MS.',
    ...milliseconds(10_000),
  ),
  LARDER_HOLD_MS: variable(
    'How long a writer that died keeps readers from the entries it was changing. Longer than LARDER_TRANSACTION_TIMEOUT_MS.',
    ...milliseconds(10_000),
  ),
  LARDER_WAIT_MS: variable(
    'How long a read waits for another process that loads what it needs, and a request for the same one that is under way.',
    ...milliseconds(1000),
  ),
  LARDER_REDIS_READ_TIMEOUT_MS: variable(
    'How long Redis may take before a read goes to the database.',
    ...milliseconds(50),
  ),
  LARDER_REDIS_WRITE_TIMEOUT_MS: variable('How long Redis may take to evict.', ...milliseconds(1000)),
  LARDER_TRUST_MS: variable(
    'Where Redis has replicas: how long it is read without word from the relay, which bounds what a primary that was replaced unawares can serve.',
    ...milliseconds(2000, 1000),
  ),
  LARDER_MEMORY_ENTRIES: variable(
    'How many entries the in-process cache keeps.',
    'a whole number from 1 to 10000000',
    '100000',
    wholeNumber(1, 10_000_000).default(100_000),
  ),
  LARDER_MEMORY_MB: variable(
    'How many megabytes the in-process cache takes; with Redis, the copies of what it holds.',
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
    "Connections to PostgreSQL to write with; one more is the relay's.",
    'a whole number from 1 to 1000',
    '5',
    wholeNumber(1, 1000).default(5),
  ),
  LARDER_WRITES: variable(
    'available: a write that the cache cannot be told of is made, and answered once all have been told. strict: it is refused.',
    'available or strict',
    'available',
    z.enum(['available', 'strict']).default('available'),
  ),
  LARDER_PROPAGATION_MS: variable(
    'How long the answer to a write waits, where the cache cannot be told, until it says PENDING.',
    ...milliseconds(10_000, 0),
  ),
  LARDER_MAX_REQUESTS: variable(
    'How many requests are answered at the same time; what comes on top is told at once to try again.',
    'a whole number from 1 to 1000000',
    '500',
    wholeNumber(1, 1_000_000).default(500),
  ),
  LARDER_DEADLINE_MS: variable('How long a request may go on reading.', ...milliseconds(15_000)),
  LARDER_STATEMENT_TIMEOUT_MS: variable('How long an SQL statement may run.', ...milliseconds(5000)),
  LARDER_TRANSACTION_TIMEOUT_MS: variable(
    'How long a transaction may stand idle before PostgreSQL ends it.',
    ...milliseconds(5000),
  ),
}
