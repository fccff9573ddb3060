import { z } from 'zod'
import { StartError } from './start-error.ts'

/** One environment variable: what it means to people, and what it becomes. */
interface Variable<Schema extends z.ZodType> {
  readonly about: string
  /** What may be set, for the message about a value that may not. */
  readonly allowed: string
  /** The default as the documentation shows it. */
  readonly standard: string
  readonly schema: Schema
}

function variable<Schema extends z.ZodType>(
  about: string,
  allowed: string,
  standard: string,
  schema: Schema,
): Variable<Schema> {
  return { about, allowed, standard, schema }
}

const clusterForm = /^rediss?-cluster:\/\/([^@/\s]*@)?[^@,/\s:]+:\d{1,5}(,[^@,/\s:]+:\d{1,5})*\/?$/

const milliseconds = (standard: number, least = 1) =>
  [
    `a whole number of milliseconds from ${least} to 2147483647`,
    String(standard),
    wholeNumber(least, 2_147_483_647).default(standard),
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
  DATABASE_URL: variable(
    'The PostgreSQL server, 14 or later. Without it an embedded one is started.',
    'a url postgresql://user:password@host:port/database',
    'the embedded PostgreSQL',
    urlOf('postgresql:', 'postgres:').optional(),
  ),
  REDIS_URL: variable(
    'The Redis server, 7 or later, that all instances share. Without it one instance caches in its own memory.',
    'a url redis://…, rediss://…, or redis-cluster://one:6379,two:6379',
    'the in-process cache',
    urlOf('redis:', 'rediss:').or(z.string().regex(clusterForm)).optional(),
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
    'on: bring the database up to date at the start, which is safe with many instances. off: refuse to start on a database that is behind.',
    'on or off',
    'on',
    z.enum(['on', 'off']).default('on'),
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
    'How long a read waits for another process that loads what it needs.',
    ...milliseconds(1000),
  ),
  LARDER_REDIS_READ_TIMEOUT_MS: variable(
    'How long Redis may take before a read goes to the database.',
    ...milliseconds(50),
  ),
  LARDER_REDIS_WRITE_TIMEOUT_MS: variable('How long Redis may take to evict.', ...milliseconds(1000)),
  LARDER_MEMORY_ENTRIES: variable(
    'How many entries the in-process cache keeps.',
    'a whole number from 1 to 10000000',
    '100000',
    wholeNumber(1, 10_000_000).default(100_000),
  ),
  LARDER_MEMORY_MB: variable(
    'How many megabytes the in-process cache takes.',
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
  LARDER_STATEMENT_TIMEOUT_MS: variable('How long an SQL statement may run.', ...milliseconds(5000)),
  LARDER_TRANSACTION_TIMEOUT_MS: variable(
    'How long a transaction may stand idle before PostgreSQL ends it.',
    ...milliseconds(5000),
  ),
}

type Values = { readonly [Name in keyof typeof variables]: z.output<(typeof variables)[Name]['schema']> }

/** The environment, validated. */
export interface Config extends Values {
  readonly LOG_LEVEL: NonNullable<Values['LOG_LEVEL']>
  readonly LARDER_SAMPLE_DATA: number
}

/**
 * Reads the configuration. An empty variable counts as one that is not set.
 * @throws StartError that names every variable with a value that is not allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [name, { schema, allowed }] of Object.entries(variables)) {
    const given = environment[name] === '' ? undefined : environment[name]
    const result = schema.safeParse(given)
    if (result.success) values[name] = result.data
    else faults.push(`${name} must be ${allowed}, but is ${JSON.stringify(masked(given ?? ''))}.`)
  }
  if (faults.length > 0) throw new StartError(faults.join('\n'))
  const read = values as Values
  if (read.LARDER_LEASE_MS <= read.LARDER_STATEMENT_TIMEOUT_MS) {
    throw new StartError(
      `LARDER_LEASE_MS must be longer than LARDER_STATEMENT_TIMEOUT_MS (${read.LARDER_STATEMENT_TIMEOUT_MS}), but is ${read.LARDER_LEASE_MS}: ` +
        'a lease that ends before its load makes every slow load run twice.',
    )
  }
  if (read.LARDER_HOLD_MS <= read.LARDER_TRANSACTION_TIMEOUT_MS) {
    throw new StartError(
      `LARDER_HOLD_MS must be longer than LARDER_TRANSACTION_TIMEOUT_MS (${read.LARDER_TRANSACTION_TIMEOUT_MS}), but is ${read.LARDER_HOLD_MS}: ` +
        'a hold that ends before its transaction lets readers go back in time.',
    )
  }
  return Object.freeze({
    ...read,
    LOG_LEVEL: read.LOG_LEVEL ?? (read.NODE_ENV === 'production' ? 'info' : 'warn'),
    LARDER_SAMPLE_DATA: read.LARDER_SAMPLE_DATA ?? (read.DATABASE_URL === undefined ? 1000 : 0),
  })
}

/** Reads `.env` in the working directory, where there is one; what the environment sets already stands. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new StartError(`The file .env cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
}

function urlOf(...protocols: readonly string[]) {
  return z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null
    return url !== null && protocols.includes(url.protocol) && url.hostname !== ''
  })
}

/** A value as a message may show it: without the password of a url. */
function masked(value: string): string {
  return value.replace(/(:\/\/[^:/@]*:)[^@]*@/, '$1***@')
}
