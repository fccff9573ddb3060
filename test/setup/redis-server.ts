import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../src/database/postgres-server.ts'
import { findProgram, type Found } from './programs.ts'

/** A Redis server of our own. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** Where a redis-server is; on Debian one is installed where it is missing and that is allowed. */
export const findRedisServer = (): Promise<Found> => findProgram(['redis-server'], 'redis-server')

/** Starts a Redis that keeps nothing on disk; further settings as redis-server takes them: `--maxmemory 1mb`. */
export async function startRedis(settings: readonly string[] = [], port?: number): Promise<TestRedis> {
  const found = await findRedisServer()
  if ('reason' in found) throw new Error(found.reason)
  const actual = port ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), 'larder-redis-'))
  const child = spawn(
    found.program,
    ['--port', String(actual), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...settings],
    { stdio: 'ignore', detached: true },
  )
  await answers(actual)
  return {
    url: `redis://127.0.0.1:${actual}`,
    port: actual,
    process: child,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {})
    const reply = await client.connect().then(
      () => client.ping(),
      () => null,
    )
    client.disconnect()
    if (reply === 'PONG') return
    await sleep(25)
  }
  throw new Error(`redis-server did not answer on port ${port}`)
}
