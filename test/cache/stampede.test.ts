import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()
const program = fileURLToPath(new URL('stampede-process.ts', import.meta.url))
const processes = 4
const reads = 50

describe.skipIf(redis === null)('a stampede', () => {
  it(`of ${processes * reads} reads over ${processes} processes on one cold entry is one load`, async () => {
    const { url, prefix } = redis ?? { url: '', prefix: '' }
    const client = new Redis(url)
    const children = Array.from({ length: processes }, () =>
      spawn(process.execPath, ['--import', 'tsx', program, url, prefix, String(reads)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    )
    try {
      const lines = children.map(linesOf)
      const next = (): Promise<string[]> => Promise.all(lines.map(async (each) => (await each.next()).value ?? ''))
      expect(await next()).toEqual(children.map(() => 'ready'))
      for (const { stdin } of children) stdin?.write('go\n')
      // everybody has looked, and found nothing or the lease, before the load ends
      expect(await next()).toEqual(children.map(() => 'looked'))
      // for one load, and for all that must not be
      await client.rpush(`${prefix}-gate`, ...Array.from({ length: processes * reads }, () => 'open'))
      expect(await next()).toEqual(children.map(() => `answers ${reads}`))
      expect(await client.get(`${prefix}-loads`)).toBe('1')
    } finally {
      client.disconnect()
      for (const child of children) await ended(child)
    }
  })
})

function linesOf({ stdout }: ChildProcess): AsyncIterator<string, undefined> {
  if (stdout === null) throw new Error('the process has no output')
  return createInterface({ input: stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
