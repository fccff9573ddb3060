import type { Redis } from 'ioredis'

/** What Redis says of its memory and of who is connected. */
export interface RedisMemory {
  readonly usedBytes: number
  /** 0 for no limit. */
  readonly maxBytes: number
  /** Keys that it dropped to make room, since it started. */
  readonly evictedKeys: number
  readonly connections: number
}

/** Asks these servers, and adds up what they say. @throws where one does not answer */
export async function readMemory(servers: readonly Redis[]): Promise<RedisMemory> {
  const infos = await Promise.all(servers.map((server) => server.info('memory', 'stats', 'clients')))
  const sum = (name: string): number => infos.reduce((total, info) => total + field(info, name), 0)
  return {
    usedBytes: sum('used_memory'),
    maxBytes: sum('maxmemory'),
    evictedKeys: sum('evicted_keys'),
    connections: sum('connected_clients'),
  }
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
}
