import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { larderDialect, type QueryName, type Question } from '../../bench/queries.ts'
import { seedCatalog } from '../../src/seed/seed.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { testDatabase, testRedis } from '../setup/index.ts'
import { until } from '../setup/until.ts'

// What the measured queries cost, by counts that are the same on every machine. Where one of them rises, a change has made
// a request dearer: find out which, or say in the commit why it is worth it. Where one falls, lower it here.

interface Costs {
  readonly coldStatements: number
  readonly coldCommands: number
  readonly warmCommands: number
  /** Entries and stamps that are read from Redis. */
  readonly warmKeys: number
  readonly bytes: number
}

const expected: readonly (readonly [QueryName, Costs])[] = [
  ['Q1', { coldStatements: 3, coldCommands: 12, warmCommands: 3, warmKeys: 4, bytes: 223 }],
  ['Q2', { coldStatements: 4, coldCommands: 14, warmCommands: 3, warmKeys: 3, bytes: 3005 }],
  ['Q3', { coldStatements: 6, coldCommands: 14, warmCommands: 3, warmKeys: 3, bytes: 2694 }],
  ['Q4', { coldStatements: 2, coldCommands: 6, warmCommands: 1, warmKeys: 0, bytes: 7306 }],
]

const redis = testRedis()

describe.skipIf(redis === null)('a request of the benchmark', () => {
  let api: TestApi
  let questions: Readonly<Record<QueryName, Question>>

  beforeAll(async () => {
    const { url, client } = await testDatabase()
    await seedCatalog(client, { products: 1000, seed: 1 })
    const ids = async (statement: string): Promise<number[]> =>
      (await client.query<{ id: number }>(statement)).rows.map(({ id }) => id)
    const active = await ids(`SELECT id FROM product WHERE status = 'ACTIVE' ORDER BY id LIMIT 50`)
    questions = {
      Q1: { query: 'Q1', ids: active.slice(0, 1) },
      Q2: {
        query: 'Q2',
        ids: await ids(`SELECT category_id AS id FROM product_category GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`),
      },
      Q3: {
        query: 'Q3',
        ids: await ids(
          `SELECT product_id AS id FROM product_rating JOIN product p ON p.id = product_id WHERE status = 'ACTIVE' ORDER BY count DESC, 1 LIMIT 1`,
        ),
      },
      Q4: { query: 'Q4', ids: active },
    }
    api = await startApi({ url, redis, production: true })
  })
  afterAll(() => api.close())

  // a request that wants to be explained is executed, whether its response is kept or not
  const executed = { 'x-larder-trace': '1' }

  async function ask(query: QueryName, headers: Readonly<Record<string, string>>): Promise<string> {
    const { statusCode, body } = await api.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      payload: larderDialect.ask(questions[query]),
    })
    expect(statusCode).toBe(200)
    expect(body).not.toContain('"errors"')
    return body
  }

  /** SQL statements, round trips to Redis, and the keys that these read. */
  async function count(query: QueryName, headers: Readonly<Record<string, string>> = {}) {
    const before = api.database.statements()
    api.events.length = 0
    const body = await ask(query, headers)
    const commands = api.events.filter((event) => event.type === 'command')
    return {
      statements: api.database.statements() - before,
      commands: commands.length,
      keys: commands.reduce((sum, { keys }) => sum + keys, 0),
      bytes: Buffer.byteLength(body),
    }
  }

  it.each(expected)('%s costs what it has cost', async (query, costs) => {
    await api.cache.store.renew()
    const cold = await count(query, executed)
    const warm = await count(query, executed)
    expect({
      coldStatements: cold.statements,
      coldCommands: cold.commands,
      warmStatements: warm.statements,
      warmCommands: warm.commands,
      warmKeys: warm.keys,
      bytes: warm.bytes,
    }).toEqual({
      coldStatements: costs.coldStatements,
      coldCommands: costs.coldCommands,
      warmStatements: 0,
      warmCommands: costs.warmCommands,
      warmKeys: costs.warmKeys,
      bytes: costs.bytes,
    })
  })

  it.each(expected)(
    '%s costs one round trip for no key once all that it reads is at hand',
    async (query, { bytes }) => {
      for (let i = 0; i < 2; i += 1) await count(query, executed)
      // in another form it is another request, and executed
      const inAnotherForm = { accept: 'application/graphql-response+json' }
      expect(await count(query, inAnotherForm)).toEqual({ statements: 0, commands: 1, keys: 0, bytes })
    },
  )

  it.each(expected)('%s costs one round trip for no key once its response is kept', async (query, { bytes }) => {
    const isKept = () => api.events.some((event) => event.type === 'fill' && event.kind === 'response')
    for (let i = 0; i < 2; i += 1) await count(query)
    await until(isKept)
    expect(await count(query)).toEqual({ statements: 0, commands: 1, keys: 0, bytes })
  })
})
