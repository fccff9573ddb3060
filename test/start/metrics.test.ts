import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createFeed } from '../../src/observe/index.ts'
import { serveMetrics } from '../../src/start/metrics.ts'

const feedOf = () =>
  createFeed((error) => {
    throw error
  })

it('without METRICS_PORT metrics are served beside the API', async () => {
  const served = await serveMetrics(readConfig({}), feedOf())
  expect(served).toMatchObject({ url: null, routes: [expect.any(Function)] })
})

it('METRICS_PORT serves them on a port of their own, and only there', async () => {
  const feed = feedOf()
  const served = await serveMetrics(readConfig({ METRICS_PORT: '0', METRICS_TOKEN: 'a-token-for-prometheus' }), feed)
  try {
    expect(served.routes).toEqual([])
    feed.tell({ type: 'hit', kind: 'product', count: 3 })
    expect((await fetch(`${served.url}/metrics`)).status).toBe(401)
    const headers = { authorization: 'Bearer a-token-for-prometheus' }
    const text = await (await fetch(`${served.url}/metrics`, { headers })).text()
    expect(text).toContain('larder_cache_hits_total{kind="product"} 3')
  } finally {
    await served.stop()
  }
})

it('a METRICS_PORT that is taken stops the start, and is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(serveMetrics(readConfig({ METRICS_PORT: String(port) }), feedOf())).rejects.toThrow(
    `METRICS_PORT ${port} is taken by another program. Stop that program, or set METRICS_PORT to another number.`,
  )
  other.close()
})
