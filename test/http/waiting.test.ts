import fastify, { type FastifyInstance } from 'fastify'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { serveKeptResponses } from '../../src/http/kept-responses.ts'
import { RequestTally } from '../../src/observe/index.ts'
import { until } from '../setup/until.ts'

// what waits here waits until the test lets it go on, and would do so longer than a test may take
const waitMs = 600_000

const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

/** A server that executes nothing until it is told to, and can keep no answer. */
function serve(): { app: FastifyInstance; arrived: number; looked: number; goOn(): void } {
  const app = fastify()
  opened.push(app)
  let executing: (() => void)[] = []
  const server = {
    app,
    /** Requests that have come to be executed. */
    arrived: 0,
    /** Requests that have asked what changed, the last thing before they look who executes. */
    looked: 0,
    /** Lets those that are executed be answered. */
    goOn() {
      const answered = executing
      executing = []
      for (const answer of answered) answer()
    },
  }
  app.addHook('onRequest', (request, _reply, done) => {
    request.viewer = { authenticated: false, subject: null, scopes: new Set() }
    request.tally = new RequestTally()
    done()
  })
  serveKeptResponses(app, {
    catchUp: () => {
      server.looked += 1
      return Promise.resolve()
    },
    keeper: { keep: () => null, tell: () => {} },
    waitMs,
  })
  app.post('/graphql', async (request) => {
    request.tally.run = { operation: 'page', operationName: null, operationType: 'query' }
    request.tally.misses = 1
    server.arrived += 1
    await new Promise<void>((resolve) => executing.push(resolve))
    return '{"data":{}}'
  })
  return server
}

const ask = (app: FastifyInstance): Promise<{ statusCode: number }> =>
  app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ page }' } })

it('executes at once what others wait for, where the answer to the one before could not be kept', async () => {
  const server = serve()
  const first = ask(server.app)
  await until(() => server.arrived === 1)
  server.goOn()
  await first
  // asked before, so it is to be kept this time
  const all = Array.from({ length: 5 }, () => ask(server.app))
  await until(() => server.looked === 6 && server.arrived === 2)
  server.goOn()
  await until(() => server.arrived === 6)
  server.goOn()
  expect((await Promise.all(all)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200])
})

it('lets nobody wait for a request whose client has gone', async () => {
  const server = serve()
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const first = ask(server.app)
  await until(() => server.arrived === 1)
  await askAndLeave(server)
  server.goOn()
  await first
  // nobody is there to be answered, but it is executed
  await until(() => server.arrived === 2)
  server.goOn()
  const next = ask(server.app)
  await until(() => server.arrived === 3)
  server.goOn()
  expect(await next).toMatchObject({ statusCode: 200 })
})

/** A client that goes while it waits for a request that is under way. */
async function askAndLeave(server: ReturnType<typeof serve>): Promise<void> {
  const { port } = server.app.server.address() as AddressInfo
  const gone = new Promise<void>((resolve) => {
    server.app.server.once('connection', (socket: Socket) => socket.once('close', () => resolve()))
  })
  const body = '{"query":"{ page }"}'
  const client = connect(port, '127.0.0.1')
  client.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost:80\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await until(() => server.looked === 2)
  client.destroy()
  await gone
}
