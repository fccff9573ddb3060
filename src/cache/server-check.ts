import type { RedisConnection } from './redis-connection.ts'

/** A server was reached that can never be used: the wrong role, or too old. */
export class UnsuitableServerError extends Error {
  override readonly name = 'UnsuitableServerError'
}

/** Reads who the server is, which changes when it starts anew. @throws UnsuitableServerError */
export async function identify(connection: RedisConnection): Promise<{ runId: string; info: string }> {
  const [info] = await connection.send([['INFO']])
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
  return { runId: field(info, 'run_id'), info }
}

/** What about a server does not break the promise but weakens the cache, each with what to do. */
export async function weaknesses(connection: RedisConnection, info: string): Promise<string[]> {
  const [save] = await connection.send([['CONFIG', 'GET', 'save']])
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
  return found
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
}
