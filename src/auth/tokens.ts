import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Scope, Viewer } from '../catalog/index.ts'

export interface TokenOptions {
  /** Where the keys come from: a secret that is shared with whoever issues tokens, or a url that publishes their keys. */
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string }
  /** The algorithms that a signature may have; no other is looked at, and `none` is never accepted. */
  readonly algorithms: readonly string[]
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  /** How far clocks may differ, in ms. */
  readonly clockSkewMs: number
}

/** Why a request is not answered. */
export interface Refusal {
  readonly refused: 'UNAUTHENTICATED' | 'UNAVAILABLE'
  readonly message: string
}

/** Says who asks, by the Authorization header of a request. */
export type Identify = (authorization: string | undefined) => Viewer | Promise<Viewer | Refusal>

const scopes: readonly Scope[] = ['catalog:write', 'reviews:write', 'catalog:trace']

/** Where no tokens are asked for: every request may do everything. For development. */
export const everybodyMay: Identify = () => everybody

const everybody: Viewer = { authenticated: true, subject: null, scopes: new Set(scopes) }

const anybody: Viewer = { authenticated: false, subject: null, scopes: new Set() }

// a token that holds is believed for so long without another look at its signature, and never beyond its expiry; a key
// that its issuer withdraws counts for as much longer
const believedMs = 60_000
const mostBelieved = 1000

/**
 * Reads bearer tokens: JSON Web Tokens whose scopes stand in `scope`, as RFC 8693 has it, or in `scp`. A request without
 * a token is anybody's; one with a token that does not hold is refused as a whole, rather than answered as less than asked.
 */
export function identifyByToken(options: TokenOptions): Identify {
  const { keys, algorithms, issuer, audience, clockSkewMs } = options
  const secret = 'secret' in keys ? new TextEncoder().encode(keys.secret) : null
  const key: JWTVerifyGetKey =
    'jwksUrl' in keys
      ? createRemoteJWKSet(new URL(keys.jwksUrl), { timeoutDuration: 3000 })
      : () => secret as Uint8Array<ArrayBuffer>
  const rules = {
    algorithms: [...algorithms],
    clockTolerance: clockSkewMs / 1000,
    requiredClaims: ['exp'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  }
  const believed = new LRUCache<string, { viewer: Viewer; until: number }>({ max: mostBelieved })
  const verify = async (authorization: string): Promise<Viewer | Refusal> => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (token === undefined) return unauthenticated('expected the header Authorization: Bearer <token>')
    try {
      const { payload } = await jwtVerify(token, key, rules)
      const viewer = { authenticated: true, subject: payload.sub ?? null, scopes: scopesOf(payload) }
      const expiresAt = (payload.exp ?? 0) * 1000 + clockSkewMs
      believed.set(authorization, { viewer, until: Math.min(expiresAt, Date.now() + believedMs) })
      return viewer
    } catch (error) {
      return refusalOf(error)
    }
  }
  return (authorization) => {
    if (authorization === undefined) return anybody
    const known = believed.get(authorization)
    return known !== undefined && Date.now() < known.until ? known.viewer : verify(authorization)
  }
}

function scopesOf({ scope, scp }: JWTPayload & { scope?: unknown; scp?: unknown }): Set<Scope> {
  const named = [scope, scp].flat().flatMap((each) => (typeof each === 'string' ? each.split(' ') : []))
  return new Set(scopes.filter((each) => named.includes(each)))
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return unauthenticated('the token has expired: get a new one')
  if (error instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`the token's claim "${error.claim}" is missing or not the expected one`)
  const isOurs =
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof TypeError
  if (isOurs && !isNetwork(error)) return unauthenticated('the token is not one that was issued for this server')
  return {
    refused: 'UNAVAILABLE',
    message: 'The keys that tokens are checked with cannot be fetched: try again shortly',
  }
}

/** What fetch throws where it cannot connect is a TypeError too. */
function isNetwork(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'fetch failed'
}

function unauthenticated(message: string): Refusal {
  return { refused: 'UNAUTHENTICATED', message: `Not authenticated: ${message}` }
}
