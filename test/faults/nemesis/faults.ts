import { setTimeout as sleep } from 'node:timers/promises'
import type { TestProxy } from '../../setup/proxy.ts'
import type { ApiProcess } from '../world/api-process.ts'
import type { Shutdown } from '../world/database.ts'
import type { World } from '../world/world.ts'

export type FaultGroup = 'process' | 'redis server' | 'redis network' | 'failover' | 'postgres'

/** A kind of fault: how it begins, and how it ends. */
export interface FaultKind {
  readonly group: FaultGroup
  /** Whether it concerns one process, which then is handed in, or all. */
  readonly one: boolean
  /** How long it lasts, in ms, least and most; what happens in an instant lasts until its effects are over. */
  readonly lasts: readonly [number, number]
  /** Begins it; what is returned ends it. */
  inject(world: World, process: ApiProcess): Promise<() => Promise<void>>
}

/** Every kind of fault by its name. */
export const faultKinds: Readonly<Record<string, FaultKind>> = {
  'process killed': {
    group: 'process',
    one: true,
    lasts: [200, 4000],
    async inject(_world, process) {
      await process.kill()
      return () => restarted(process)
    },
  },
  'process stopped and restarted': {
    group: 'process',
    one: true,
    lasts: [100, 1000],
    async inject(_world, process) {
      await process.terminate()
      return () => restarted(process)
    },
  },
  'process frozen': {
    group: 'process',
    one: true,
    lasts: [1000, 8000],
    inject(_world, process) {
      process.freeze()
      return ended(() => process.thaw())
    },
  },
  'redis killed and restarted': {
    group: 'redis server',
    one: false,
    lasts: [200, 5000],
    async inject({ redis }) {
      await redis.kill()
      return () => redis.restart()
    },
  },
  'redis frozen': {
    group: 'redis server',
    one: false,
    lasts: [200, 5000],
    inject({ redis }) {
      redis.freeze()
      return ended(() => redis.thaw())
    },
  },
  'redis flushed': {
    group: 'redis server',
    one: false,
    lasts: [500, 1000],
    async inject({ redis }) {
      await redis.flush()
      return () => Promise.resolve()
    },
  },
  'redis drops its clients': {
    group: 'redis server',
    one: false,
    lasts: [500, 1000],
    async inject({ redis }) {
      await redis.killClients()
      return () => Promise.resolve()
    },
  },
  ...cuts('from redis', 'redis network', ({ redis }) => redis),
  'redis failed over': {
    group: 'failover',
    one: false,
    lasts: [1000, 5000],
    async inject(world) {
      await failOver(world)
      return () => world.redis.follow()
    },
  },
  'redis failed over and back': {
    group: 'failover',
    one: false,
    lasts: [1000, 5000],
    async inject(world) {
      await failOver(world)
      return async () => {
        await world.redis.follow()
        await failOver(world)
        await world.redis.follow()
      }
    },
  },
  'postgres restarted': { group: 'postgres', one: false, lasts: [100, 2000], inject: restartPostgres('fast') },
  'postgres crashed': { group: 'postgres', one: false, lasts: [100, 2000], inject: restartPostgres('immediate') },
  'postgres ends its sessions': {
    group: 'postgres',
    one: false,
    lasts: [500, 1000],
    async inject({ database }) {
      const client = await database.connect()
      try {
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'larder%'",
        )
      } finally {
        await client.end()
      }
      return () => Promise.resolve()
    },
  },
  'one cut off from postgres, refused': cut(
    'postgres',
    true,
    ({ database }) => database,
    (proxy) => proxy.refuse(),
  ),
  'one cut off from postgres, silent': cut(
    'postgres',
    true,
    ({ database }) => database,
    (proxy) => proxy.hold('everything'),
  ),
}

/** The ways of cutting one process, or all, off from a server. */
function cuts(
  from: string,
  group: FaultGroup,
  way: (process: ApiProcess) => TestProxy,
): Readonly<Record<string, FaultKind>> {
  const manners: Readonly<Record<string, (proxy: TestProxy) => void>> = {
    refused: (proxy) => proxy.refuse(),
    silent: (proxy) => proxy.hold('everything'),
    'replies held back': (proxy) => proxy.hold('replies'),
    late: (proxy) => proxy.delay(80),
  }
  return Object.fromEntries(
    Object.entries(manners).flatMap(([manner, begin]) => [
      [`one cut off ${from}, ${manner}`, cut(group, true, way, begin)],
      [`all cut off ${from}, ${manner}`, cut(group, false, way, begin)],
    ]),
  )
}

function cut(
  group: FaultGroup,
  one: boolean,
  way: (process: ApiProcess) => TestProxy,
  begin: (proxy: TestProxy) => void,
): FaultKind {
  return {
    group,
    one,
    lasts: [200, 6000],
    inject({ processes }, process) {
      const proxies = (one ? [process] : processes).map(way)
      for (const proxy of proxies) begin(proxy)
      return ended(() => {
        for (const proxy of proxies) proxy.pass()
      })
    },
  }
}

async function failOver({ redis, processes }: World): Promise<void> {
  await redis.promote()
  for (const process of processes) process.redis.lead(redis.port)
}

function restartPostgres(how: Shutdown): FaultKind['inject'] {
  return async ({ database, processes }) => {
    await database.shutDown(how)
    return async () => {
      await database.resume()
      for (const process of processes) process.database.lead(database.port)
    }
  }
}

/** Starts a process again; it may take several attempts where the servers it needs are in trouble as well. */
async function restarted(process: ApiProcess): Promise<void> {
  const giveUpAt = performance.now() + 60_000
  for (;;) {
    try {
      return await process.resume()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
      await sleep(500)
    }
  }
}

function ended(end: () => void): Promise<() => Promise<void>> {
  return Promise.resolve(() => {
    end()
    return Promise.resolve()
  })
}
