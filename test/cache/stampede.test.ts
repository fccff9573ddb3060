import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()
const program = fileURLToPath(new URL('stampede-process.ts', import.meta.url))
const processes = 4
const reads = 50

describe.skipIf(redis === null)('a stampede', () => {
  const { url, prefix } = redis ?? { url: '', prefix: '' }
  let client: Redis
  let children: ChildProcess[]
  let lines: AsyncIterator<string, undefined>[]
  let name: string
  let round = 0

  beforeEach(() => {
    client = new Redis(url)
    name = `${prefix}-${(round += 1)}`
  })
  afterEach(async () => {
    client.disconnect()
    for (const child of children) await ended(child)
  })

  async function start(leaseMs: number): Promise<void> {
    children = Array.from({ length: processes }, () =>
      spawn(process.execPath, ['--import', 'tsx', program, url, name, String(reads), String(leaseMs)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    )
    lines = children.map(linesOf)
    expect(await next()).toEqual(children.map(() => 'ready'))
    for (const { stdin } of children) stdin?.write('go\n')
    // everybody has looked, and found nothing or the lease, before a load ends
    expect(await next()).toEqual(children.map(() => 'looked'))
  }

  /** The next line of each process that lives. */
  const next = (): Promise<string[]> => Promise.all(lines.map(async (each) => (await each.next()).value ?? ''))

  /** Lets every load pass: the one that there should be, and all that should not. */
  const open = (): Promise<unknown> =>
    client.rpush(`${name}-gate`, ...Array.from({ length: processes * reads }, () => 'open'))

  it(`of ${processes * reads} reads over ${processes} processes on one cold entry is one load`, async () => {
    await start(60_000)
    await open()
    expect(await next()).toEqual(children.map(() => `answers ${reads}`))
    expect(await client.get(`${name}-loads`)).toBe('1')
  })

  it('whose loader is killed in the middle is over when its lease is, with one load more', async () => {
    await start(2000)
    const [, loader] = (await client.blpop(`${name}-loading`, 30)) ?? []
    const killed = children.findIndex(({ pid }) => String(pid) === loader)
    children[killed]?.kill('SIGKILL')
    await ended(children[killed] as ChildProcess)
    lines.splice(killed, 1)
    await open()
    expect(await next()).toEqual(lines.map(() => `answers ${reads}`))
    expect(await client.get(`${name}-loads`)).toBe('2')
  })
})

function linesOf({ stdout }: ChildProcess): AsyncIterator<string, undefined> {
  if (stdout === null) throw new Error('the process has no output')
  return createInterface({ input: stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
