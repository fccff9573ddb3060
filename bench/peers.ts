import { postgraphileDialect } from './postgraphile-dialect.ts'
import { larderDialect, type Dialect } from './queries.ts'
import { secret } from './token.ts'

/** A server that is measured. */
export interface Peer {
  readonly name: string
  readonly title: string
  /** What Node runs, below the project's root. */
  readonly program: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly dialect: Dialect
  /** Whether it can change anything. */
  readonly writes: boolean
  /** Whether it answers otherwise than from the database. */
  readonly caches: boolean
  /** Whether it keeps account of its Redis, and needs a moment to see that it has been emptied. */
  readonly watchesRedis?: boolean
  /** SQL that its database needs besides, in bench/servers. */
  readonly sql?: string
}

// production defaults, but for a limit that a benchmark would run into
const larderEnvironment = { LARDER_AUTH_SECRET: secret, RATE_LIMIT: '1000000000' }

function peer(name: string, title: string, more: Partial<Peer> = {}): Peer {
  return {
    name,
    title,
    program: [`bench/dist/${name}.js`],
    environment: {},
    dialect: larderDialect,
    writes: true,
    caches: true,
    ...more,
  }
}

export const peers: readonly Peer[] = [
  peer('raw-get', 'node:http + one GET of the finished body', { writes: false }),
  peer('raw-mget', 'node:http + MGET + JSON.stringify', { writes: false }),
  peer('larder', 'Larder', {
    program: ['dist/main.js'],
    environment: larderEnvironment,
    watchesRedis: true,
  }),
  peer('larder-uncached', 'Larder without its cache', {
    program: ['--import', 'tsx', 'bench/larder-uncached.ts'],
    environment: larderEnvironment,
    caches: false,
  }),
  peer('textbook', 'textbook cache-aside: Apollo + DataLoader + MGET'),
  peer('apollo-response-cache', 'Apollo + response cache plugin on Redis'),
  peer('yoga-response-cache', 'Yoga + response cache on Redis'),
  peer('mercurius-cache', 'Mercurius JIT + its cache on Redis'),
  peer('postgraphile', 'PostGraphile 5', { dialect: postgraphileDialect, caches: false, sql: 'postgraphile.sql' }),
]
