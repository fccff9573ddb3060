import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApi, testSecret, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

const lines: string[] = []
let api: TestApi

beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url, log: lines, environment: { LARDER_AUTH_SECRET: testSecret } })
})
afterAll(() => api.close())
beforeEach(() => lines.splice(0))

const logged = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
const query = 'query One($id: ID!) { product(by: { id: $id }) { title } }'

describe('the log', () => {
  it('has one line for each request that says what it was, how it went and what it took', async () => {
    await api.ask(query, { id: 'Product:1' })
    await api.ask(query, { id: 'Product:1' })
    const [cold, warm, ...others] = logged()
    expect(cold).toMatchObject({
      level: 30,
      msg: 'query',
      operation: 'One',
      status: 200,
      hits: 0,
      misses: 1,
      statements: 1,
    })
    expect(warm).toMatchObject({ hits: 1, misses: 0, statements: 0 })
    expect(warm?.['ms']).toBeGreaterThan(0)
    expect(others).toEqual([])
  })

  it('says of a request that was refused why', async () => {
    await api.ask('{ nothing }')
    expect(logged()).toMatchObject([
      { msg: 'request', operation: null, status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
    ])
  })

  it.each([
    ['of an unknown version', { version: 2, sha256Hash: 'x' }],
    ['whose digest is of another', { version: 1, sha256Hash: 'x' }],
  ])('has no error of a persisted query %s: that is the fault of its client', async (_what, persistedQuery) => {
    const payload = { query: '{ __typename }', extensions: { persistedQuery } }
    const response = await api.app.inject({ method: 'POST', url: '/graphql', payload })
    expect(response.statusCode).toBe(400)
    expect(logged()).toMatchObject([{ level: 30, msg: 'request', status: 400, code: 'BAD_USER_INPUT' }])
  })

  it('tells neither tokens nor variables nor the text of operations, whatever goes wrong', async () => {
    const secret = 'hunter2-of-the-client'
    const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}`, 'x-api-key': secret }
    await api.ask(query, { id: secret })
    await api.ask(query, { id: { secret } })
    await api.ask(`{ product(by: { id: "${secret}" }) { title } }`)
    await api.ask(`{ product(by: { id: "${secret}" `)
    await api.ask(query, {}, headers)
    await api.app.inject({ method: 'POST', url: `/graphql?token=${secret}`, headers, payload: secret })
    await api.app.inject({ method: 'GET', url: `/graphql?query=${secret}&token=${secret}`, headers })
    expect(lines.length).toBeGreaterThanOrEqual(7)
    expect(lines.filter((line) => line.includes(secret))).toEqual([])
  })

  it('tells a fault of our own without the values that it is about', async () => {
    const fault = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (slug)=(a-value) exists' })
    api.app.log.error({ err: Object.assign(new Error('outer', { cause: fault }), { parameters: ['a-value'] }) })
    expect(logged()).toMatchObject([{ err: { message: 'outer', cause: { message: 'duplicate key', code: '23505' } } }])
    expect(lines.join('')).not.toContain('a-value')
  })
})

describe('a request is called', () => {
  const called = async (id: string | undefined): Promise<{ sent: unknown; logged: unknown }> => {
    lines.splice(0)
    const headers = id === undefined ? {} : { 'x-request-id': id }
    const response = await api.app.inject({
      method: 'POST',
      url: '/graphql',
      headers,
      payload: { query: '{ __typename }' },
    })
    return { sent: response.headers['x-request-id'], logged: logged()[0]?.['requestId'] }
  }

  it.each(['0af7651916cd43dd8448eb211c80319c', 'edge:7/a.b~c=@+d-e_f', 'x'.repeat(128)])(
    'as its client calls it: %s',
    async (id) => {
      expect(await called(id)).toEqual({ sent: id, logged: id })
    },
  )

  it.each([undefined, '', 'with blanks', 'x'.repeat(129), '{"level":60}', 'é', '<script>'])(
    'by a name of our own, rather than %j',
    async (id) => {
      const { sent, logged: inLog } = await called(id)
      expect(sent).toMatch(/^[0-9a-f-]{36}$/)
      expect(inLog).toBe(sent)
    },
  )
})
