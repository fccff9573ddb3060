import type { RedisServer } from './redis-connection.ts'

/** A server was reached that can never be used: the wrong role, or too old. */
export class UnsuitableServerError extends Error {
  override readonly name = 'UnsuitableServerError'
}

/** Who a server is. */
export interface Identity {
  /** Changes when it starts anew. */
  readonly runId: string
  /** Servers that copy it, and may be put in its place. */
  readonly replicas: number
  /** All it says of itself. */
  readonly info: string
}

/** Reads who the server is. @throws UnsuitableServerError */
export async function identify(server: RedisServer): Promise<Identity> {
  const [info] = await server.send([['INFO']])
  if (typeof info !== 'string') {
    throw new Error(`INFO is needed to notice when the data was lost or set back, but was refused: ${String(info)}`)
  }
  const role = field(info, 'role')
  if (role !== 'master') {
    throw new UnsuitableServerError(
      `it must be a primary, because a replica is behind; but this server is a ${role || 'server that does not say'}`,
    )
  }
  const version = field(info, 'redis_version')
  if (Number.parseInt(version, 10) < 7) {
    throw new UnsuitableServerError(`it must be version 7 or later, but this server is ${version}`)
  }
  return { runId: field(info, 'run_id'), replicas: Number(field(info, 'connected_slaves')), info }
}

/** What weakens the cache about a server without breaking its promise, each with what to do. */
export async function weaknesses(server: RedisServer, { info, replicas }: Identity): Promise<string[]> {
  const [save] = await server.send([['CONFIG', 'GET', 'save']])
  const found: string[] = []
  if (save instanceof Error) {
    found.push('CONFIG GET is refused, so it is not known whether it saves to disk; a cache should not: set save ""')
  } else if (Array.isArray(save) && String(save[1] ?? '') !== '') {
    found.push('it saves to disk, which a cache has no use for and which stalls it: set save ""')
  }
  if (field(info, 'aof_enabled') === '1')
    found.push('it keeps an append-only file, which a cache has no use for: set appendonly no')
  if (field(info, 'maxmemory_policy') === 'noeviction') {
    found.push('when its memory is full it stores nothing more: set maxmemory, and maxmemory-policy allkeys-lru')
  }
  if (replicas > 0 && (await neverRefusesAlone(server))) {
    found.push(
      'cut off from its replicas it goes on taking writes: set min-replicas-to-write 1, min-replicas-max-lag 2',
    )
  }
  return found
}

async function neverRefusesAlone(server: RedisServer): Promise<boolean> {
  const [setting] = await server.send([['CONFIG', 'GET', 'min-replicas-to-write']])
  return Array.isArray(setting) && String(setting[1]) === '0'
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
}
