import { everybodyMay, identifyByToken, type Identify } from '../auth/tokens.ts'
import type { Config } from '../config.ts'
import type { AppOptions } from '../http/app.ts'
import { StartError } from '../start-error.ts'

type FromConfig = Omit<AppOptions, 'log' | 'catalog' | 'registered' | 'cache' | 'shared' | 'sumCounts' | 'health'>

/**
 * What the configuration says about the HTTP server.
 * @throws StartError where nobody could be told from anybody, in production
 */
export function appOptions(config: Config): FromConfig {
  return {
    currency: config.LARDER_CURRENCY,
    deadlineMs: config.LARDER_DEADLINE_MS,
    development: config.NODE_ENV !== 'production',
    introspection: config.LARDER_INTROSPECTION === 'on',
    sandbox: config.LARDER_SANDBOX === 'on',
    limits: {
      depth: config.LARDER_MAX_DEPTH,
      aliases: config.LARDER_MAX_ALIASES,
      tokens: config.LARDER_MAX_TOKENS,
      cost: config.LARDER_MAX_COST,
    },
    bodyLimit: config.LARDER_MAX_BODY_KB * 1024,
    maxRequests: config.LARDER_MAX_REQUESTS,
    rateLimit: config.RATE_LIMIT === 'off' ? null : config.RATE_LIMIT,
    corsOrigins: config.LARDER_CORS_ORIGINS,
    trustProxy: config.LARDER_TRUST_PROXY,
    identify: identifyOf(config),
  }
}

function identifyOf(config: Config): Identify {
  const keys = keysOf(config)
  if (keys === null && config.NODE_ENV === 'production') {
    throw new StartError(
      'LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL must be set in production: without either, every request could change the catalog.',
    )
  }
  if (keys === null) return everybodyMay
  return identifyByToken({
    keys,
    algorithms: config.LARDER_AUTH_ALGORITHMS,
    issuer: config.LARDER_AUTH_ISSUER,
    audience: config.LARDER_AUTH_AUDIENCE,
    clockSkewMs: config.LARDER_AUTH_CLOCK_SKEW_MS,
  })
}

function keysOf({ LARDER_AUTH_SECRET: secret, LARDER_AUTH_JWKS_URL: jwksUrl }: Config) {
  if (secret !== undefined) return { secret }
  return jwksUrl === undefined ? null : { jwksUrl }
}
