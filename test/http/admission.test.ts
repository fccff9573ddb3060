import fastify from 'fastify'
import { connect, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { admit } from '../../src/http/admission.ts'
import { until } from '../setup/until.ts'

it('answers as many requests at a time as it may, tells the others to try again, and has room when one has left', async () => {
  const app = fastify()
  admit(app, 2)
  const finish: (() => void)[] = []
  let arrived: () => void = () => {}
  app.get('/', async () => {
    await new Promise<void>((resolve) => {
      finish.push(resolve)
      arrived()
    })
    return 'answered'
  })
  const begin = async (): Promise<Promise<{ statusCode: number; body: string }>[]> => {
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const answer = app.inject('/').then(({ statusCode, body }) => ({ statusCode, body }))
    await here
    return [answer]
  }
  const [first] = await begin()
  const [second] = await begin()
  const refused = await app.inject('/')
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1'])
  expect(refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
  finish.shift()?.()
  expect(await first).toEqual({ statusCode: 200, body: 'answered' })
  const [third] = await begin()
  for (const each of finish) each()
  expect([await second, await third]).toEqual([
    { statusCode: 200, body: 'answered' },
    { statusCode: 200, body: 'answered' },
  ])
  await app.close()
})

it('has room again when a connection has gone on which answers waited for one another', async () => {
  const app = fastify()
  admit(app, 4)
  let arrived = 0
  app.get('/slow', () => {
    arrived += 1
    return new Promise(() => {})
  })
  app.get('/', () => {
    arrived += 1
    return 'answered'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`
  client.write(get('/slow') + get('/').repeat(3))
  await until(() => arrived === 4)
  expect((await app.inject('/')).statusCode).toBe(503)
  client.destroy()
  await until(async () => (await app.inject('/')).statusCode === 200)
  // and not for more than before
  const all = Array.from({ length: 4 }, () => app.inject('/slow'))
  await until(() => arrived === 9)
  expect((await app.inject('/')).statusCode).toBe(503)
  void all
  await app.close()
})
