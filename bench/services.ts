import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { migrate } from '../src/database/migrate.ts'
import { PostgresServer, superuser } from '../src/database/postgres-server.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { createDatabase, dropDatabase } from '../test/setup/database.ts'

const password = 'bench'
/** Stands in no statement but those that ask how much waits in the outbox. */
const sampled = 'AS "oldestMs"'

/** The private PostgreSQL of a run. Catalogs are kept from run to run: a large one takes long to generate. */
export class Postgres {
  readonly #server: PostgresServer
  readonly #folder: string
  #url = ''

  constructor(folder: string) {
    this.#folder = folder
    // what is measured is not the disk
    this.#server = new PostgresServer(folder, [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      'max_connections=300',
      'shared_buffers=512MB',
      'max_wal_size=4GB',
      'autovacuum_naptime=10min',
      'log_line_prefix=%d/%a/',
    ])
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    if (!(await this.#server.exists())) await this.#server.initialize(password)
    // a run that was killed has left its server behind
    if ((await this.#server.port()) !== null) await this.#server.stop()
    const port = await this.#server.start()
    this.#url = `postgresql://${superuser}:${password}@127.0.0.1:${port}`
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  /** The url of a database with so many generated products, which is made where it is missing, and must not be changed. */
  async catalog(products: number): Promise<string> {
    const name = `catalog_${products}`
    if (!(await this.#exists(name))) {
      const unfinished = `${name}_unfinished`
      await dropDatabase(this.#url, unfinished)
      const url = await createDatabase(this.#url, unfinished)
      await migrate(url)
      await withClient(url, async (client) => {
        await seedCatalog(client, { products, seed: 1 })
        await client.query('TRUNCATE outbox')
        await client.query('VACUUM ANALYZE')
      })
      await this.#administer(`ALTER DATABASE "${unfinished}" RENAME TO "${name}"`)
    } else {
      // an older build may have made it
      await migrate(`${this.#url}/${name}`)
    }
    return `${this.#url}/${name}`
  }

  /** A copy of a generated catalog for one server alone. */
  async copy(products: number, name: string): Promise<string> {
    await this.catalog(products)
    await dropDatabase(this.#url, name)
    return createDatabase(this.#url, name, `catalog_${products}`)
  }

  drop(name: string): Promise<void> {
    return dropDatabase(this.#url, name)
  }

  /**
   * How many SQL statements a database is sent during the work, by PostgreSQL's own log: the same for every server, and
   * with nothing in its way while times are taken. What Larder asks now and then without being asked
   * itself is left out: the relay, and the sample of the outbox for its metrics.
   */
  async countStatements(database: string, work: () => Promise<void>): Promise<number> {
    const log = join(this.#folder, 'postgres.log')
    await this.#logStatements('all')
    const { size } = await stat(log)
    await work()
    // what a session writes to the log is there before its answer is, other than what it writes last
    await sleep(50)
    await this.#logStatements('none')
    const statement = new RegExp(`^${database}/(?!larder relay)[^/]*/LOG: {2}(?:statement|execute [^:]*): `)
    const entries = (await readFrom(log, size)).split(/\n(?=\S*\/)/)
    return entries.filter((entry) => statement.test(entry) && !entry.includes(sampled)).length
  }

  async #logStatements(which: 'all' | 'none'): Promise<void> {
    await this.#administer(`ALTER SYSTEM SET log_statement = '${which}'`)
    await this.#administer('SELECT pg_reload_conf()')
    await sleep(100)
  }

  async #exists(name: string): Promise<boolean> {
    return withClient(`${this.#url}/postgres`, async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
      return rowCount === 1
    })
  }

  async #administer(statement: string): Promise<void> {
    await withClient(`${this.#url}/postgres`, (client) => client.query(statement))
  }
}

/** Works with a connection that is closed afterwards. */
export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path)
  try {
    const chunks: Buffer[] = []
    for await (const chunk of file.createReadStream({ start, autoClose: false })) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  } finally {
    await file.close()
  }
}
