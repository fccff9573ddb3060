import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/database/postgres-server.ts'
import { testSecret } from '../setup/api.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { patient } from '../setup/patient.ts'
import { isAlive, npmStart, runProgram, type RunningProgram } from '../setup/process.ts'
import { startProxy } from '../setup/proxy.ts'
import { startRedis } from '../setup/redis-server.ts'
import { until } from '../setup/until.ts'

const running: RunningProgram[] = []
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-start-'))
})
afterEach(async () => {
  for (const program of running.splice(0)) {
    program.child.kill('SIGTERM')
    await program.ended()
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const embedded = { LARDER_SAMPLE_DATA: '40', PORT: '0', ...patient }

function larder(environment: Record<string, string> = {}): RunningProgram {
  const program = runProgram('src/main.ts', [], {
    ...embedded,
    LARDER_DIRECTORY: join(folder, 'larder'),
    ...environment,
  })
  running.push(program)
  return program
}

async function ready(program: RunningProgram): Promise<string> {
  await program.printed('a query')
  return /serves [\d,]+ products at (\S+)\/graphql/.exec(program.output())?.[1] ?? ''
}

async function ask(url: string, query: string): Promise<{ data: Record<string, never> }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data: Record<string, never> }
}

const total = async (url: string): Promise<unknown> =>
  (await ask(url, '{ products(first: 1) { totalCount } }')).data['products']

/** The process of the embedded PostgreSQL, as its own files tell it; null where it was stopped in good order. */
async function postgresProcess(): Promise<number | null> {
  const file = await readFile(join(folder, 'larder', 'postgres', 'postmaster.pid'), 'utf8').catch(() => null)
  return file === null ? null : Number(file.split('\n')[0])
}

describe('npm start with nothing configured', () => {
  it('creates, fills and serves a catalog; tells how to reach it; and stops what it started', async () => {
    const program = larder()
    const url = await ready(program)
    expect(program.output()).toMatch(/Generating 40 sample products/)
    expect(program.output()).toMatch(/database +embedded PostgreSQL/)
    expect(program.output()).toMatch(/psql +PGPASSFILE=.*psql -h 127.0.0.1/)
    expect(await postgresProcess()).not.toBeNull()

    const second = larder()
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain(`Another Larder (process ${program.child.pid}) is serving the database`)
    expect(second.output()).not.toMatch(/\n\s+at /)

    // a command joins the running database, and ends once the server shows the rows
    const before = await total(url)
    const seed = runProgram('src/seed/command.ts', ['--products', '60'], { LARDER_DIRECTORY: join(folder, 'larder') })
    expect(await seed.ended()).toBe(0)
    expect(seed.output()).toContain('The running server shows the changes from now on.')
    expect(await total(url)).not.toEqual(before)

    program.child.kill('SIGTERM')
    expect(await program.ended()).toBe(0)
    expect(await postgresProcess()).toBeNull()
  })

  it('takes over the server that a killed process left behind, with its data', async () => {
    const killed = larder()
    const before = await total(await ready(killed))
    const pid = await postgresProcess()
    killed.child.kill('SIGKILL')
    await killed.ended()
    expect(isAlive(pid ?? 0)).toBe(true)
    const next = larder()
    expect(await total(await ready(next))).toEqual(before)
    expect(await postgresProcess()).toBe(pid)
    next.child.kill('SIGINT')
    await next.ended()
    expect(await postgresProcess()).toBeNull()
  })
})

it('a signal to npm stops what npm has started', async () => {
  const program = npmStart({ ...embedded, LARDER_DIRECTORY: join(folder, 'larder') })
  await ready(program)
  program.child.kill('SIGTERM')
  await program.ended()
  expect(await postgresProcess()).toBeNull()
})

it('a signal that both the terminal and npm have sent is one, and still stops it in good order', async () => {
  const program = larder()
  await ready(program)
  program.child.kill('SIGINT')
  program.child.kill('SIGTERM')
  expect(await program.ended()).toBe(0)
  expect(await postgresProcess()).toBeNull()
})

it('a server whose traces nobody takes stops in good order, with its database', async () => {
  const program = larder({
    LARDER_TRACES: 'on',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
  })
  await total(await ready(program))
  program.child.kill('SIGTERM')
  expect(await program.ended()).toBe(0)
  expect(await postgresProcess()).toBeNull()
})

describe('npm run import', () => {
  it('reads files and the standard input beside a running server, and reports', async () => {
    const url = await ready(larder())
    const file = join(folder, 'catalog.jsonl')
    await writeFile(file, '{"category":{"slug":"new","name":"New"}}\n{"product":{"slug":"thing"}}\n')
    const at = { LARDER_DIRECTORY: join(folder, 'larder') }
    const first = runProgram('src/import/command.ts', [file], at)
    expect(await first.ended()).toBe(0)
    expect(first.output()).toContain('catalog.jsonl:2: product.title: is missing')
    expect(first.output()).toContain('created 1, updated 0, unchanged 0, rejected 1\n')
    expect(first.output()).toContain('The running server shows the changes from now on.')
    expect((await ask(url, '{ category(by: { slug: "new" }) { name } }')).data).toEqual({ category: { name: 'New' } })
    const strict = runProgram(
      'src/import/command.ts',
      ['--strict'],
      at,
      '{"category":{"slug":"never","name":"N"}}\nnonsense\n',
    )
    expect(await strict.ended()).toBe(1)
    expect(strict.output()).toContain('stdin:2: line: is not JSON')
    expect(strict.output()).toContain('created 0, updated 0, unchanged 0, rejected 1\n')
    expect(strict.output()).not.toContain('shows the changes')
    const missing = runProgram('src/import/command.ts', [join(folder, 'none.jsonl')], at)
    expect(await missing.ended()).toBe(1)
    expect(missing.output()).toMatch(/none\.jsonl cannot be read: ENOENT/)
    expect(missing.output()).not.toMatch(/\n\s+at /)
  })
})

describe('a start that cannot succeed', () => {
  it.each([
    ['a bad value', { PORT: 'http' }, /^PORT must be a whole number from 0 to 65535, but is "http"\.\n$/],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/x' },
      /^PostgreSQL at 127\.0\.0\.1:1\/x cannot be reached: .* Check DATABASE_URL, or LARDER_DIRECT_DATABASE_URL where that is set\.\n$/,
    ],
  ])('says why in one line: %s', async (_name, environment, message) => {
    const program = larder(environment)
    expect(await program.ended()).toBe(1)
    expect(program.output()).toMatch(message)
  })

  it('says that the database went away while the catalog was being filled', async () => {
    const { url } = await testDatabase()
    const direct = new URL(url)
    const proxy = await startProxy(Number(direct.port))
    const program = larder({
      DATABASE_URL: url.replace(`:${direct.port}/`, `:${proxy.port}/`),
      LARDER_SAMPLE_DATA: '1000',
    })
    await program.printed('Generating')
    proxy.refuse()
    expect(await program.ended()).toBe(1)
    expect(program.output()).toMatch(
      /\nPostgreSQL cannot be reached: .+\. Check that it runs and is the one of DATABASE_URL\.\n$/,
    )
    await proxy.stop()
  })

  it('names the port that is taken', async () => {
    const { url } = await testDatabase()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const program = larder({ DATABASE_URL: url, LARDER_SAMPLE_DATA: '0', PORT: String(port) })
      expect(await program.ended()).toBe(1)
      expect(program.output()).toContain(`PORT ${port} is taken by another program.`)
    } finally {
      other.close()
    }
  })

  it('refuses a database that is behind where it may not migrate', async () => {
    const { url, client } = await testDatabase()
    const { rows } = await client.query<{ name: string }>(
      `DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)
       RETURNING migration_name AS name`,
    )
    const program = larder({ DATABASE_URL: url, LARDER_MIGRATE: 'off' })
    expect(await program.ended()).toBe(1)
    expect(program.output()).toContain(
      `The database is behind this build: it lacks ${rows[0]?.name}. Run npm run migrate, or set LARDER_MIGRATE=on.\n`,
    )
  })
})

describe('in production', () => {
  const production = { NODE_ENV: 'production', LARDER_AUTH_SECRET: testSecret, LARDER_SAMPLE_DATA: '5' }
  const said = (program: RunningProgram): [number, string][] =>
    program
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .map(({ level, msg }) => [level, msg])

  it('everything that is said is JSON with a level, from the start on', async () => {
    const { url } = await testDatabase()
    const first = larder({ ...production, DATABASE_URL: url })
    await first.printed('Larder serves')
    expect(said(first)).toEqual([
      [30, 'Generating 5 sample products …'],
      [40, expect.stringMatching(/^PostgreSQL runs with synchronous_commit=off/)],
      [30, expect.stringMatching(/^Server listening at /)],
      [
        30,
        expect.stringMatching(
          /^Larder serves 5 products at http:\/\/127\.0\.0\.1:\d+\/graphql; database: PostgreSQL at .+, cache: .+, metrics: http:.+\/metrics$/,
        ),
      ],
    ])
    const second = larder({ ...production, DATABASE_URL: url, LOG_LEVEL: 'warn' })
    await second.printed('The cache is not used')
    first.child.kill('SIGTERM')
    await first.ended()
    await second.printed('in use again')
    expect(said(second).slice(1)).toEqual([
      [
        40,
        'The cache is not used, reads go to the database: another instance runs on this database without a shared cache: set REDIS_URL on all of them',
      ],
      [40, 'The cache is in use again.'],
    ])
  })

  it('nothing is said where nothing is to be logged', async () => {
    const { url } = await testDatabase()
    const port = await freePort()
    const program = larder({ ...production, DATABASE_URL: url, LOG_LEVEL: 'silent', PORT: String(port) })
    await program.serves(`http://127.0.0.1:${port}`)
    program.child.kill('SIGTERM')
    expect(await program.ended()).toBe(0)
    expect(program.output()).toBe('')
  })
})

const redis = testRedis()
describe.skipIf(redis === null)('on real servers', () => {
  it('serves an empty catalog, and tells how to fill it', async () => {
    const { url } = await testDatabase()
    const program = larder({
      DATABASE_URL: url,
      REDIS_URL: redis?.url ?? '',
      LARDER_CACHE_PREFIX: redis?.prefix ?? '',
      LARDER_SAMPLE_DATA: '0',
    })
    const at = await ready(program)
    expect(program.output()).toMatch(/cache +Redis at 127\.0\.0\.1:\d+/)
    expect(program.output()).toContain('npm run seed -- --products 1000')
    expect(await total(at)).toEqual({ totalCount: 0 })
    // the tests' own database is in no need of surviving a crash
    expect(program.output()).toContain('synchronous_commit=off')
  })

  it('shows on every instance what is changed by hand', async () => {
    const { url, client } = await testDatabase()
    await client.query(`INSERT INTO product (slug, title) VALUES ('thing', 'Old')`)
    const environment = { DATABASE_URL: url, REDIS_URL: redis?.url ?? '', LARDER_CACHE_PREFIX: `${redis?.prefix}-2` }
    const urls = [await ready(larder(environment)), await ready(larder(environment))]
    const title = '{ product(by: { slug: "thing" }) { title } }'
    for (const at of urls) expect((await ask(at, title)).data).toEqual({ product: { title: 'Old' } })
    await client.query(`UPDATE product SET title = 'New'`)
    await delivered(client)
    for (const at of urls) expect((await ask(at, title)).data).toEqual({ product: { title: 'New' } })
  })

  it('refuses a replica', async () => {
    const { url } = await testDatabase()
    const primary = new URL(redis?.url ?? '')
    const replica = await startRedis(['--replicaof', primary.hostname, primary.port])
    try {
      const program = larder({ DATABASE_URL: url, REDIS_URL: replica.url, LARDER_SAMPLE_DATA: '0' })
      expect(await program.ended()).toBe(1)
      expect(program.output()).toContain(
        'The server of REDIS_URL cannot be used: it must be a primary, because a replica is behind; but this server is a slave.\n',
      )
    } finally {
      await replica.stop()
    }
  })
})

function delivered(client: pg.Client): Promise<void> {
  return until(async () => (await client.query('SELECT FROM outbox')).rowCount === 0)
}
