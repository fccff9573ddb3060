import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { migrate } from '../../../src/database/migrate.ts'
import { PostgresServer, superuser } from '../../../src/database/postgres-server.ts'
import { createDatabase } from '../../setup/database.ts'
import { isAlive } from '../../setup/process.ts'

/** How PostgreSQL is made to end: it ends its sessions and checkpoints, or drops everything and recovers at the next start. */
export type Shutdown = 'fast' | 'immediate'

/** The PostgreSQL of a world, crash-safe against the death of its processes, though not of the machine. */
export class WorldDatabase {
  readonly #folder: string
  readonly #server: PostgresServer
  #port = 0

  private constructor(folder: string) {
    this.#folder = folder
    this.#server = new PostgresServer(folder, ['fsync=off', 'synchronous_commit=on', 'max_connections=200'])
  }

  static async start(): Promise<WorldDatabase> {
    const database = new WorldDatabase(await mkdtemp(join(tmpdir(), 'larder-faults-')))
    try {
      await database.#server.initialize('test')
      await database.resume()
      await migrate(await createDatabase(database.url(database.#port, null), 'larder'))
      return database
    } catch (error) {
      await database.stop()
      throw error
    }
  }

  get port(): number {
    return this.#port
  }

  /** @param name null for the server without a database */
  url(port: number, name: string | null = 'larder'): string {
    return `postgresql://${superuser}:test@127.0.0.1:${port}${name === null ? '' : `/${name}`}`
  }

  /** A connection of one's own, past every proxy. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url(this.#port),
      application_name: 'faults',
      connectionTimeoutMillis: 2000,
      query_timeout: 5000,
    })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  async shutDown(how: Shutdown): Promise<void> {
    const pid = await this.#pid()
    if (pid === null) return
    process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    while (isAlive(pid)) await sleep(10)
  }

  /** Starts it again, on another port. */
  async resume(): Promise<void> {
    this.#port = await this.#server.start()
  }

  async stop(): Promise<void> {
    await this.shutDown('immediate')
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #pid(): Promise<number | null> {
    const file = await readFile(join(this.#folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => null)
    const pid = Number(file?.split('\n')[0])
    // 0 would be everybody in the group of this very process
    return pid > 0 ? pid : null
  }
}
