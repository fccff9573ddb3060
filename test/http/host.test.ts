import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let api: TestApi
beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url, production: true })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => api.close())

const body = '{"query":"{ product(by: { slug: \\"harbor-shirt\\" }) { images { url } } }"}'

/** The status and the body of an answer to a request with these lines for its host. */
async function ask(version: string, hostLines: readonly string[]): Promise<string> {
  const { port } = api.app.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  const head = [...hostLines, 'content-type: application/json', `content-length: ${body.length}`, 'connection: close']
  client.write(`POST /graphql HTTP/${version}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
  let text = ''
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await once(client, 'close')
  return `${text.slice(9, 12)} ${text.slice(text.indexOf('\r\n\r\n') + 4)}`
}

it.each([
  ['is empty', '1.1', ['host:'], 'received none'],
  ['holds a space', '1.1', ['host: a b'], 'received "a b"'],
  ['is no address', '1.1', ['host: 1.2.3.999'], 'received "1.2.3.999"'],
  ['has no port where it says that it has', '1.1', ['host: shop.example:port'], 'received "shop.example:port"'],
  ['has a query behind it', '1.1', ['host: x?y'], 'received "x?y"'],
  ['has a fragment behind it', '1.1', ['host: x#y'], 'received "x#y"'],
  ['has a path behind it', '1.1', ['host: a/b'], 'received "a/b"'],
  ['has a user before it', '1.1', ['host: user@host'], 'received "user@host"'],
  ['holds a quote', '1.1', ['host: "x'], String.raw`received "\"x"`],
  ['is percent-encoded', '1.1', ['host: sh%6fp.example'], 'received "sh%6fp.example"'],
  ['is missing, as HTTP/1.0 allows', '1.0', [], 'received none'],
])('a host that %s is refused as what it is', async (_what, version, lines, received) => {
  const answer = await ask(version, lines)
  expect(answer).toMatch(/^400 /)
  expect(answer).toContain('BAD_REQUEST')
  expect(answer).toContain(JSON.stringify(received).slice(1, -1))
})

it.each([
  'shop.example',
  'shop.example:8080',
  'SHOP_1.example:80',
  '[::1]:4000',
  '[0:0::1]',
  'xn--bcher-kva.example',
  '127.0.0.1',
])('pictures lie under the host %s that was asked', async (host) => {
  expect(await ask('1.1', [`host: ${host}`])).toMatch(
    new RegExp(`^200 .*"http://${host.replaceAll(/[[\]]/g, '\\$&')}/`),
  )
})

it('a scheme that a trusted proxy passes on is http or https', async () => {
  expect(await ask('1.1', ['host: shop.example', 'x-forwarded-proto: https'])).toMatch(
    /^200 .*"https:\/\/shop\.example\//,
  )
  expect(await ask('1.1', ['host: shop.example', 'x-forwarded-proto: javascript'])).toMatch(
    /^400 .*X-Forwarded-Proto to be http or https, but received \\"javascript\\"/,
  )
})
