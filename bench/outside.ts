import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { migrate } from '../src/database/migrate.ts'
import { PostgresServer, superuser } from '../src/database/postgres-server.ts'
import { seedCatalog } from '../src/seed/seed.ts'
import { createDatabase } from '../test/setup/database.ts'
import { runProgram, type RunningProgram } from '../test/setup/process.ts'
import { startRedis } from '../test/setup/redis-server.ts'

// How long a change that is made past Larder takes from its COMMIT until it is evicted, while two API processes run; and
// what recording changes costs a writer that changes much at once. npm run bench:outside

const products = 20_000
const singleWrites = 400
const bulkRows = 100_000
const rounds = 5

const folder = await mkdtemp(join(tmpdir(), 'larder-outside-'))
const server = new PostgresServer(folder, ['fsync=off', 'max_wal_size=4GB'])
await server.initialize('bench')
const url = await createDatabase(`postgresql://${superuser}:bench@127.0.0.1:${await server.start()}`, 'larder')
const redis = await startRedis()
const client = new pg.Client({ connectionString: url })
const cached = new Redis(redis.url)
const programs: RunningProgram[] = []
try {
  await migrate(url)
  await client.connect()
  await seedCatalog(client, { products, seed: 1 })
  await measureOverhead()
  await client.query('DELETE FROM outbox')
  for (let i = 0; i < 2; i += 1) programs.push(await startApi())
  await measureEvictions()
  await measureBacklog()
} finally {
  for (const { child } of programs) child.kill('SIGKILL')
  cached.disconnect()
  await client.end()
  await redis.stop()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

/** The same statement with the triggers of the outbox and without, in turn. */
async function measureOverhead(): Promise<void> {
  const { rows } = await client.query<{ rows: number }>('SELECT count(*)::int4 AS rows FROM product_variant')
  const statement = `UPDATE product_variant SET quantity = quantity + 1 WHERE id IN (SELECT id FROM product_variant ORDER BY id LIMIT ${bulkRows})`
  const times: Record<'on' | 'off', number[]> = { on: [], off: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const recording of ['on', 'off'] as const) {
      await recordChanges(recording)
      const begun = performance.now()
      await client.query(statement)
      times[recording].push(performance.now() - begun)
      await client.query('VACUUM product_variant')
    }
  }
  await recordChanges('on')
  const recorded = await client.query('SELECT entity FROM outbox')
  const [on, off] = [median(times.on), median(times.off)]
  console.log(
    `an UPDATE of ${bulkRows.toLocaleString('en')} of ${rows[0]?.rows.toLocaleString('en')} variants: ${ms(on)} with the outbox, ${ms(off)} without: ratio ${(on / off).toFixed(2)} ` +
      `(median of ${rounds}); ${recorded.rowCount} outbox rows of ${rounds} statements`,
  )
}

async function recordChanges(recording: 'on' | 'off'): Promise<void> {
  const verb = recording === 'on' ? 'ENABLE ALWAYS' : 'DISABLE'
  for (const event of ['insert', 'update', 'delete']) {
    for (const table of ['product_variant', 'product_pricing']) {
      await client.query(`ALTER TABLE ${table} ${verb} TRIGGER ${table}_outbox_${event}`)
    }
  }
}

/** Each time a cached product is changed by plain SQL, and its entry watched until it is gone. */
async function measureEvictions(): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < singleWrites; i += 1) {
    const id = (i % 200) + 1
    await ask(id)
    const key = `larder:product:${id}`
    if ((await cached.exists(key)) === 0) throw new Error(`${key} is not cached`)
    await client.query(`UPDATE product SET title = 'outside ${i}' WHERE id = ${id}`)
    const committed = performance.now()
    while ((await cached.exists(key)) === 1) await sleep(1)
    times.push(performance.now() - committed)
    await sleep(Math.random() * 50)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => ms(times[Math.ceil(share * times.length) - 1] ?? 0)
  console.log(
    `from COMMIT to evicted, ${singleWrites} single changes: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, longest ${at(1)}`,
  )
}

/** So many changes row by row, each a transaction, and how long until all of them are delivered. */
async function measureBacklog(): Promise<void> {
  const changes = 20_000
  const before = await commandsSoFar()
  const begun = performance.now()
  await client.query(`CREATE PROCEDURE touch() LANGUAGE plpgsql AS $$ BEGIN
    FOR i IN 1..${changes} LOOP UPDATE product SET brand = 'B' || i WHERE id = i % ${products} + 1; COMMIT; END LOOP; END $$`)
  await client.query('CALL touch()')
  const written = performance.now()
  let most = 0
  for (;;) {
    const { rows } = await client.query<{ left: number }>('SELECT count(*)::int4 AS left FROM outbox')
    const left = rows[0]?.left ?? 0
    most = Math.max(most, left)
    if (left === 0) break
    await sleep(20)
  }
  const commands = (await commandsSoFar()) - before
  console.log(
    `${changes.toLocaleString('en')} changes row by row in ${ms(written - begun)}: delivered ${ms(performance.now() - written)} after the last; ` +
      `at most ${most.toLocaleString('en')} outbox rows then; ${(commands / changes).toFixed(2)} Redis commands a change`,
  )
}

async function commandsSoFar(): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await cached.info('stats'))?.[1] ?? 0)
}

async function startApi(): Promise<RunningProgram> {
  const program = runProgram('src/main.ts', [], {
    PORT: '0',
    LOG_LEVEL: 'error',
    DATABASE_URL: url,
    REDIS_URL: redis.url,
  })
  await program.printed('a query')
  return program
}

async function ask(id: number): Promise<void> {
  const at = /serves [\d,]+ products at (\S+)\/graphql/.exec(programs[0]?.output() ?? '')?.[1]
  const response = await fetch(`${at}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ product(by: { id: "Product:${id}" }) { title } }` }),
  })
  if (!response.ok) throw new Error(await response.text())
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`
}
