import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/database/postgres-server.ts'
import { unprivilegedUser } from '../../src/database/unprivileged.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { runProgram, type RunningProgram } from '../setup/process.ts'
import { until } from '../setup/until.ts'

const redis = testRedis()
const pooler = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find((file) => existsSync(file))
if (pooler === undefined)
  console.log('\n Skipped: the test with PgBouncer, because there is none (Debian: apt-get install pgbouncer)\n')

describe.skipIf(pooler === undefined || redis === null)('behind PgBouncer in transaction mode', () => {
  let folder: string
  let bouncer: ChildProcess
  let program: RunningProgram
  let endpoint: string
  let client: Awaited<ReturnType<typeof testDatabase>>['client']

  beforeAll(async () => {
    const database = await testDatabase()
    ;({ client } = database)
    await storeFixture(client)
    const direct = new URL(database.url)
    const port = await freePort()
    folder = await mkdtemp(join(tmpdir(), 'larder-pooler-'))
    await chmod(folder, 0o755)
    const settings = join(folder, 'pgbouncer.ini')
    await writeFile(
      settings,
      `[databases]\n* = host=127.0.0.1 port=${direct.port} user=${direct.username} password=${direct.password}\n` +
        `[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n` +
        'default_pool_size = 4\nignore_startup_parameters = options,statement_timeout,idle_in_transaction_session_timeout\n',
    )
    const user = unprivilegedUser()
    bouncer = spawn(pooler ?? '', [settings], { stdio: 'ignore', ...user })
    await until(() => listens(port))
    program = runProgram('src/main.ts', [], {
      PORT: '0',
      DATABASE_URL: database.url.replace(`:${direct.port}/`, `:${port}/`),
      LARDER_DIRECT_DATABASE_URL: database.url,
      REDIS_URL: redis?.url ?? '',
      LARDER_CACHE_PREFIX: redis?.prefix ?? '',
    })
    await program.printed('a query')
    endpoint = `${/serves \d+ products at (\S+)/.exec(program.output())?.[1]}`
  })
  afterAll(async () => {
    program.child.kill('SIGTERM')
    await program.ended()
    bouncer.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function ask(query: string): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) })).json()
  }
  const title = '{ product(by: { id: "Product:1" }) { title } }'

  it('mutations are seen at once, many at a time', async () => {
    const rename = (to: string) =>
      `mutation { productUpdate(id: "Product:1", input: { title: "${to}" }) { product { title } userErrors { message } } }`
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => ask(rename(`Title ${i}`))))
    // which of them is shown depends on who came later
    const renamed = { product: { title: expect.stringMatching(/^Title \d$/) }, userErrors: [] }
    expect(answers).toEqual(answers.map(() => ({ data: { productUpdate: renamed } })))
    expect(await ask(rename('Last'))).toMatchObject({ data: { productUpdate: { product: { title: 'Last' } } } })
    expect(await ask(title)).toMatchObject({ data: { product: { title: 'Last' } } })
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(0)
  })

  it('the one direct connection tells of what others change', async () => {
    await ask(title)
    await client.query(`UPDATE product SET title = 'By hand' WHERE id = 1`)
    await until(async () => (await client.query('SELECT FROM outbox')).rowCount === 0)
    expect(await ask(title)).toMatchObject({ data: { product: { title: 'By hand' } } })
  })
})

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
