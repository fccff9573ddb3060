import { readFile } from 'node:fs/promises'
import { freePort } from '../../../src/database/postgres-server.ts'
import { runProgram, type RunningProgram } from '../../setup/process.ts'
import { startProxy, type TestProxy } from '../../setup/proxy.ts'

export interface ApiProcessOptions {
  /** Of people: a, b, c. */
  readonly name: string
  /** The folder of the sources to run. */
  readonly root: string
  readonly redisPort: number
  readonly databasePort: number
  /** The url of the database behind a port. */
  readonly databaseUrl: (port: number) => string
}

/** What tokens are signed with. */
export const tokenSecret = 'what the tokens of this world are signed with'

/** One API process with its own way to Redis and to PostgreSQL, so that it alone can be cut off. */
export class ApiProcess {
  readonly name: string
  readonly redis: TestProxy
  readonly database: TestProxy
  readonly #options: ApiProcessOptions
  #program: RunningProgram | null = null
  #url: string | null = null
  #frozen = false
  /** What earlier lives of it have printed. */
  #printed = ''

  private constructor(options: ApiProcessOptions, redis: TestProxy, database: TestProxy) {
    this.name = options.name
    this.redis = redis
    this.database = database
    this.#options = options
  }

  static async start(options: ApiProcessOptions): Promise<ApiProcess> {
    const [redis, database] = await Promise.all([startProxy(options.redisPort), startProxy(options.databasePort)])
    const started = new ApiProcess(options, redis, database)
    try {
      await started.resume()
      return started
    } catch (error) {
      await started.stop()
      throw error
    }
  }

  /** Where it listens; null while it does not run. */
  get url(): string | null {
    return this.#url
  }

  /** What has gone wrong inside of it, as its log tells: a message for each time. */
  get complaints(): string[] {
    return (this.#printed + (this.#program?.output() ?? ''))
      .split('\n')
      .filter((line) => line.includes('"level":50'))
      .map(complaintOf)
  }

  /** Starts it, and waits until it serves. @throws where it ends instead */
  async resume(): Promise<void> {
    const { root, databaseUrl } = this.#options
    const port = await freePort()
    const program = runProgram(
      'src/main.ts',
      [],
      environment(port, this.redis.port, databaseUrl(this.database.port)),
      '',
      root,
    )
    this.#program = program
    const url = `http://127.0.0.1:${port}`
    await program.serves(url)
    this.#url = url
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async terminate(): Promise<void> {
    await this.#end('SIGTERM')
  }

  freeze(): void {
    this.#frozen = true
    this.#program?.child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#frozen = false
    this.#program?.child.kill('SIGCONT')
  }

  /** Resident memory in MB; null while it does not run. */
  async memory(): Promise<number | null> {
    const pid = this.#program?.child.pid
    const status = pid === undefined ? '' : await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024)
  }

  async stop(): Promise<void> {
    if (this.#frozen) this.thaw()
    await this.#end('SIGKILL')
    await Promise.all([this.redis.stop(), this.database.stop()])
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const program = this.#program
    if (program === null) return
    this.#url = signal === 'SIGKILL' ? null : this.#url
    program.child.kill(signal)
    await program.ended()
    this.#url = null
    this.#printed += program.output()
    this.#program = null
  }
}

function complaintOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string; stack?: string } }
    const place = /\n\s+at (.*)/.exec(err?.stack ?? '')?.[1] ?? ''
    return `${msg ?? ''}: ${(err?.message ?? '').replaceAll(/\s+/g, ' ').slice(0, 300)} ${place}`
  } catch {
    return line.slice(0, 200)
  }
}

function environment(port: number, redisPort: number, databaseUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PORT: String(port),
    LOG_LEVEL: 'error',
    RATE_LIMIT: 'off',
    LARDER_MIGRATE: 'on',
    LARDER_AUTH_SECRET: tokenSecret,
    LARDER_CACHE_PREFIX: 'faults',
    DATABASE_URL: databaseUrl,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  }
}
