import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { traceTo } from '../../src/tracing/tracing.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

const exporter = new InMemorySpanExporter()
let api: TestApi

beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url, tracing: traceTo(new SimpleSpanProcessor(exporter)) })
})
afterAll(() => api.close())
beforeEach(() => exporter.reset())

const query = 'query One { product(by: { id: "Product:1" }) { title reviewSummary { count } } }'

/** The names of spans as a tree: each with those below it. */
function treeOf(spans: readonly ReadableSpan[], parent?: string): Record<string, object> {
  const below = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
  return Object.fromEntries(below.map((span) => [span.name, treeOf(spans, span.spanContext().spanId)]))
}

describe('a traced request', () => {
  it('has spans for its batches, their statements, and the round trips to the store', async () => {
    await api.ask(query)
    const cold = exporter.getFinishedSpans()
    expect(treeOf(cold)).toEqual({
      'query One': {
        'cache product': { 'sql SELECT': {} },
        'cache product-rating': { 'sql SELECT': {} },
        'store read': {},
        'store mint': {},
        'store acquire': {},
        'store fill': {},
      },
    })
    exporter.reset()
    await api.ask(query)
    const warm = exporter.getFinishedSpans()
    expect(treeOf(warm)).toEqual({ 'query One': { 'cache product': {}, 'cache product-rating': {}, 'store read': {} } })
    const batch = warm.find(({ name }) => name === 'cache product')
    expect(batch?.attributes).toMatchObject({
      'larder.keys': 1,
      'larder.hits': 1,
      'larder.misses': 0,
      'larder.level': 1,
    })
    const root = warm.find(({ name }) => name === 'query One')
    expect(root?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'larder.hits': 2,
      'larder.statements': 0,
    })
    expect(root?.resource.attributes['service.name']).toBe('larder')
  })

  it('has a span for each write, with its statements and what it evicted', async () => {
    await api.ask('mutation Rename { productUpdate(id: "Product:1", input: { title: "Quay" }) { product { title } } }')
    const spans = exporter.getFinishedSpans()
    const write = spans.find(({ name }) => name === 'write')
    expect(write?.attributes).toMatchObject({
      'larder.propagation': 'DONE',
      'larder.evicted': expect.any(Number) as number,
    })
    const below = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === write?.spanContext().spanId)
    expect(below.map(({ name }) => name)).toEqual(expect.arrayContaining(['sql BEGIN', 'sql UPDATE', 'sql COMMIT']))
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['store hold', 'store evict']))
  })

  it('joins the trace that it is sent in, and tells its own span', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'shop=1' }
    const response = await api.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })
    const root = exporter.getFinishedSpans().find(({ name }) => name === 'query One')
    expect(root?.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331' })
    expect(response.headers['traceparent']).toBe(`00-${traceId}-${root?.spanContext().spanId}-01`)
    expect(new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]))
  })

  it('leaves no spans where the trace that it is sent in is not recorded', async () => {
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }
    expect((await api.ask(query, {}, headers)).errors).toBeUndefined()
    expect(exporter.getFinishedSpans()).toEqual([])
  })

  it('tells neither variables nor arguments', async () => {
    await api.ask('query Find($slug: String!) { product(by: { slug: $slug }) { title } }', { slug: 'a-secret-slug' })
    const told = exporter.getFinishedSpans().map(({ name, attributes, events }) => ({ name, attributes, events }))
    expect(told.length).toBeGreaterThan(2)
    expect(JSON.stringify(told)).not.toContain('a-secret-slug')
  })
})

it('tracing stops though nobody takes its last spans', async () => {
  const refusing = new InMemorySpanExporter()
  refusing.export = (_spans, done) => done({ code: 1, error: new Error('nobody listens') })
  const tracing = traceTo(new BatchSpanProcessor(refusing))
  tracing.begin({}).batch({ level: 1, kind: 'product', size: 1, reread: false }).done?.()
  await expect(tracing.stop()).resolves.toBeUndefined()
})
