import { readFile } from 'node:fs/promises'
import { startRedis, type TestRedis } from '../test/setup/redis-server.ts'
import { Connection, requestBytes } from './connection.ts'
import type { Peer } from './peers.ts'
import type { Question } from './queries.ts'
import { RedisMeter } from './redis-meter.ts'
import { ServerProcess } from './server-process.ts'
import { withClient, type Postgres } from './services.ts'
import { writerToken } from './token.ts'

const explaining = { 'x-larder-trace': '1' }
const redisServers = new Set<TestRedis>()
// each is in a group of its own, where Ctrl-C does not reach it
process.on('exit', () => redisServers.forEach((server) => server.process.kill('SIGKILL')))

/** A server with a database and a Redis of its own, so that nothing it does is counted for another. */
export class Stand {
  readonly peer: Peer
  readonly databaseUrl: string
  readonly database: string
  readonly redis: RedisMeter
  readonly processes: readonly ServerProcess[]
  readonly #postgres: Postgres
  readonly #redisServer: TestRedis
  readonly #token: string

  private constructor(
    postgres: Postgres,
    redisServer: TestRedis,
    parts: Pick<Stand, 'peer' | 'databaseUrl' | 'processes'> & { token: string },
  ) {
    this.#postgres = postgres
    this.#redisServer = redisServer
    this.#token = parts.token
    this.peer = parts.peer
    this.databaseUrl = parts.databaseUrl
    this.database = new URL(parts.databaseUrl).pathname.slice(1)
    this.processes = parts.processes
    this.redis = new RedisMeter(redisServer.url)
  }

  static async start(postgres: Postgres, peer: Peer, products: number, processes = 1): Promise<Stand> {
    const databaseUrl = await postgres.copy(products, `bench_${peer.name}`)
    const { sql } = peer
    if (sql !== undefined) {
      const text = await readFile(new URL(`servers/${sql}`, import.meta.url), 'utf8')
      await withClient(databaseUrl, (client) => client.query(text))
    }
    const redis = await startRedis()
    redisServers.add(redis)
    const environment = { ...peer.environment, DATABASE_URL: databaseUrl, REDIS_URL: redis.url }
    const started: ServerProcess[] = []
    try {
      for (let i = 0; i < processes; i += 1) started.push(await ServerProcess.start(peer.program, environment))
    } catch (error) {
      await Promise.all(started.map((each) => each.stop()))
      await redis.stop()
      throw error
    }
    return new Stand(postgres, redis, { peer, databaseUrl, processes: started, token: await writerToken() })
  }

  get ports(): readonly number[] {
    return this.processes.map(({ port }) => port)
  }

  /** A question as this server wants it, ready to be sent. */
  request(question: Question): Buffer {
    return requestBytes(this.peer.dialect.ask(question))
  }

  rename(id: number, title: string): Buffer {
    return this.#authorized(this.peer.dialect.rename(id, title))
  }

  /** A question to Larder whose answer says how it came about. */
  explained(question: Question): Buffer {
    return this.#authorized(this.peer.dialect.ask(question), explaining)
  }

  /** The same for a new title. */
  explainedRename(id: number, title: string): Buffer {
    return this.#authorized(this.peer.dialect.rename(id, title), explaining)
  }

  /** The answer in Larder's words. */
  async answer(question: Question, process = 0): Promise<unknown> {
    const line = await Connection.open(this.ports[process] ?? 0)
    try {
      return this.read(question, await line.ask(this.request(question)))
    } finally {
      line.close()
    }
  }

  /** @throws where the answer has errors */
  read({ query }: Question, body: Buffer): unknown {
    const { data, errors } = JSON.parse(body.toString()) as { data: unknown; errors?: readonly unknown[] }
    if (errors !== undefined) throw new Error(`${this.peer.name} answered ${query} with ${JSON.stringify(errors[0])}`)
    return this.peer.dialect.normalise(query, data)
  }

  countStatements(work: () => Promise<void>): Promise<number> {
    return this.#postgres.countStatements(this.database, work)
  }

  async cpuMicros(): Promise<number> {
    const each = await Promise.all(this.processes.map((process) => process.cpuMicros()))
    return each.reduce((sum, micros) => sum + micros, 0)
  }

  async stop(): Promise<void> {
    this.redis.close()
    await Promise.all(this.processes.map((process) => process.stop()))
    await this.#redisServer.stop()
    redisServers.delete(this.#redisServer)
    await this.#postgres.drop(this.database)
  }

  #authorized(body: string, more: Readonly<Record<string, string>> = {}): Buffer {
    return requestBytes(body, { authorization: `Bearer ${this.#token}`, ...more })
  }
}
