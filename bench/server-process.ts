import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../src/database/postgres-server.ts'
import { pinned } from './pin.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const meter = new URL('dist/meter.js', import.meta.url).href
const startMs = 30_000
// as Larder's image has it; every server gains by it
const youngGeneration = '--max-semi-space-size=32'

/** One server, as a process of its own on the first core. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess
  #errors = ''

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
  }

  /** @param program below the project's root. @throws where it does not listen within 30 s */
  static async start(
    program: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const port = await freePort()
    const [command = '', ...args] = pinned('server', [process.execPath, youngGeneration, '--import', meter, ...program])
    const child = spawn(command, args, {
      cwd: root,
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port), ...environment },
      // the log goes where nobody reads it, but is written all the same
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const server = new ServerProcess(port, child)
    await server.#listening()
    return server
  }

  /** CPU time since the start, in microseconds; all threads together. */
  async cpuMicros(): Promise<number> {
    const answered = once(this.#child, 'message') as Promise<[NodeJS.CpuUsage]>
    this.#child.send('cpu')
    const [{ user, system }] = await answered
    return user + system
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const timeout = setTimeout(() => this.#child.kill('SIGKILL'), 5000)
    await exited
    clearTimeout(timeout)
  }

  async #listening(): Promise<void> {
    for (const begun = performance.now(); performance.now() - begun < startMs; await sleep(50)) {
      if (this.#child.exitCode !== null) break
      const answer = await fetch(`http://127.0.0.1:${this.port}/graphql`).catch(() => null)
      await answer?.body?.cancel()
      if (answer !== null) return
    }
    this.#child.kill('SIGKILL')
    throw new Error(`${this.#child.spawnargs.join(' ')} did not listen within ${startMs / 1000} s:\n${this.#errors}`)
  }
}
