import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scope, Viewer } from '../../catalog/index.ts'
import { statusOfCode } from '../../graphql/errors.ts'
import { errorBody } from '../errors.ts'
import type { Identify } from '../../auth/tokens.ts'

const cookieName = 'larder_console'
// browsers keep no larger cookie
const longestToken = 3800

/**
 * Who watches. A token comes in the Authorization header, or in a cookie that the page asked for: no script can read it,
 * and no other site can have it sent.
 */
export async function viewerOf(request: FastifyRequest, identify: Identify): Promise<Viewer | null> {
  const token = tokenOf(request)
  const viewer = await identify(request.headers.authorization ?? (token === null ? undefined : `Bearer ${token}`))
  return 'refused' in viewer ? null : viewer
}

export function isSignedIn(request: FastifyRequest): boolean {
  return tokenOf(request) !== null
}

/** Answers a request that another site has sent, or a viewer who lacks the scope; the rest goes on. */
export function requires(scope: Scope, identify: Identify) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!isOwnSite(request)) return refuse(reply, 'FORBIDDEN', 'Only the console itself may ask for this')
    const viewer = await viewerOf(request, identify)
    if (viewer?.scopes.has(scope)) return
    if (viewer?.authenticated) return refuse(reply, 'FORBIDDEN', `The token lacks the scope ${scope}`)
    await refuse(reply, 'UNAUTHENTICATED', 'Sign in with a token')
  }
}

/**
 * What changes something is taken from the page alone. A page of another site cannot set this header without asking first,
 * and is never allowed to: it is in no list of allowed headers.
 */
export async function fromPage(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isOwnSite(request) && request.headers['x-larder-console'] === '1') return
  await refuse(reply, 'FORBIDDEN', 'Send the header x-larder-console: 1, from the page of the console itself')
}

/** Takes a token into the cookie, if it may watch. */
export async function signIn(
  request: FastifyRequest<{ Body: unknown }>,
  reply: FastifyReply,
  identify: Identify,
  secure: boolean,
): Promise<void> {
  const { token } = (request.body ?? {}) as { token?: unknown }
  if (typeof token !== 'string' || !/^[\w.~+/=-]+$/.test(token)) {
    return refuse(reply, 'BAD_REQUEST', 'This is no token')
  }
  if (token.length > longestToken) {
    return refuse(
      reply,
      'BAD_REQUEST',
      `The token is longer than ${longestToken} characters, which browsers do not keep`,
    )
  }
  const viewer = await identify(`Bearer ${token}`)
  if ('refused' in viewer) return refuse(reply, viewer.refused, viewer.message)
  if (!viewer.scopes.has('catalog:trace')) return refuse(reply, 'FORBIDDEN', 'The token lacks the scope catalog:trace')
  await reply
    .code(204)
    .header('set-cookie', cookie(token, secure || request.protocol === 'https'))
    .send()
}

export async function signOut(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await reply
    .code(204)
    .header('set-cookie', `${cookie('', false)}; Max-Age=0`)
    .send()
}

function cookie(token: string, secure: boolean): string {
  return `${cookieName}=${token}; Path=/console; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

function tokenOf({ headers }: FastifyRequest): string | null {
  return /(?:^|;\s*)larder_console=([^;\s]+)/.exec(headers.cookie ?? '')?.[1] ?? null
}

/** Browsers say where a request comes from; older ones do for what is not a plain GET. */
function isOwnSite({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

async function refuse(reply: FastifyReply, code: string, message: string): Promise<void> {
  await reply.code(statusOfCode[code] ?? 500).send(errorBody(code, message))
}
