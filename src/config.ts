import type { z } from 'zod'
import { StartError } from './start-error.ts'
import { variables } from './variables.ts'

type Values = { readonly [Name in keyof typeof variables]: z.output<(typeof variables)[Name]['schema']> }

/** What is checked of tokens besides their signature. */
const tokenRules = ['LARDER_AUTH_ALGORITHMS', 'LARDER_AUTH_ISSUER', 'LARDER_AUTH_AUDIENCE'] as const

/** The environment, validated. */
export interface Config extends Values {
  readonly LOG_LEVEL: NonNullable<Values['LOG_LEVEL']>
  readonly LARDER_SAMPLE_DATA: number
  readonly LARDER_AUTH_ALGORITHMS: NonNullable<Values['LARDER_AUTH_ALGORITHMS']>
  readonly LARDER_INTROSPECTION: 'on' | 'off'
  readonly LARDER_SANDBOX: 'on' | 'off'
  readonly LARDER_CONSOLE: 'on' | 'off'
  readonly RATE_LIMIT: number | 'off'
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
    else faults.push(`${name} must be ${allowed}, but is ${shown(name, given ?? '')}.`)
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
  checkPlaces(read)
  checkAuth(read)
  const production = read.NODE_ENV === 'production'
  return Object.freeze({
    ...read,
    LOG_LEVEL: read.LOG_LEVEL ?? (production ? 'info' : 'warn'),
    LARDER_AUTH_ALGORITHMS: algorithmsOf(read),
    LARDER_INTROSPECTION: read.LARDER_INTROSPECTION ?? (production ? 'off' : 'on'),
    LARDER_SANDBOX: read.LARDER_SANDBOX ?? (production ? 'off' : 'on'),
    LARDER_CONSOLE: read.LARDER_CONSOLE ?? (production ? 'off' : 'on'),
    RATE_LIMIT: read.RATE_LIMIT ?? (production ? 6000 : 'off'),
    LARDER_SAMPLE_DATA: read.LARDER_SAMPLE_DATA ?? (read.DATABASE_URL === undefined ? 1000 : 0),
  })
}

/** @throws StartError where a variable would have no effect without another, or two name the same place */
function checkPlaces(values: Values): void {
  const { PORT, METRICS_PORT, DATABASE_URL, LARDER_DIRECT_DATABASE_URL } = values
  if (METRICS_PORT === PORT && PORT !== 0) {
    throw new StartError(
      `METRICS_PORT must be another port than PORT, but both are ${PORT}. Without METRICS_PORT, /metrics is served on PORT.`,
    )
  }
  if (LARDER_DIRECT_DATABASE_URL !== undefined && DATABASE_URL === undefined) {
    throw new StartError(
      'LARDER_DIRECT_DATABASE_URL must go with DATABASE_URL, but that is not set: the embedded database would be used.',
    )
  }
}

/** @throws StartError where tokens could be read in two ways, in none, or were to be read and are not */
function checkAuth(values: Values): void {
  const { LARDER_AUTH_SECRET, LARDER_AUTH_JWKS_URL, LARDER_AUTH_ALGORITHMS } = values
  if (LARDER_AUTH_SECRET !== undefined && LARDER_AUTH_JWKS_URL !== undefined) {
    throw new StartError(
      'LARDER_AUTH_SECRET and LARDER_AUTH_JWKS_URL are both set, but tokens are checked in one way: unset one.',
    )
  }
  if (LARDER_AUTH_SECRET === undefined && LARDER_AUTH_JWKS_URL === undefined) {
    const idle = tokenRules.filter((name) => values[name] !== undefined)
    if (idle.length === 0) return
    throw new StartError(
      `${idle.join(', ')} must go with LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL, but neither is set: ` +
        'no token would be checked, and every request could change the catalog.',
    )
  }
  const wrong = LARDER_AUTH_ALGORITHMS?.find((name) => name.startsWith('HS') !== (LARDER_AUTH_SECRET !== undefined))
  if (wrong !== undefined) {
    const keys =
      LARDER_AUTH_SECRET === undefined
        ? 'LARDER_AUTH_JWKS_URL, whose keys are public'
        : 'LARDER_AUTH_SECRET, which is no pair of keys'
    throw new StartError(`LARDER_AUTH_ALGORITHMS must fit the keys, but ${wrong} does not go with ${keys}.`)
  }
}

function algorithmsOf({ LARDER_AUTH_ALGORITHMS, LARDER_AUTH_SECRET }: Values): Config['LARDER_AUTH_ALGORITHMS'] {
  return LARDER_AUTH_ALGORITHMS ?? (LARDER_AUTH_SECRET === undefined ? ['RS256', 'ES256'] : ['HS256'])
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

/** A value as a message may show it: no secret, and no password of a url. */
function shown(name: string, value: string): string {
  if (/_(SECRET|TOKEN)$/.test(name)) return `${value.length} characters long`
  return JSON.stringify(withoutPassword(value))
}

/** What is no url may be one that was mistyped: nothing is shown that stands before the last @, or where parameters have it. */
function withoutPassword(value: string): string {
  return value.replace(/(password=).*/is, '$1***').replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@')
}
