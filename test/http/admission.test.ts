import fastify from 'fastify'
import { expect, it } from 'vitest'
import { admit } from '../../src/http/admission.ts'

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
