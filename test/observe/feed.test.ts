import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFeed, type Happening } from '../../src/observe/index.ts'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

let api: TestApi
const happened: Happening[] = []
const told = <Type extends Happening['type']>(type: Type): Extract<Happening, { type: Type }>[] =>
  happened.filter((each): each is Extract<Happening, { type: Type }> => each.type === type)

beforeAll(async () => {
  const { url, client } = await testDatabase()
  await storeFixture(client)
  api = await startApi({ url })
  api.feed.subscribe((happening) => happened.push(happening))
})
afterAll(() => api.close())

it('a subscriber that throws harms nobody else, and is told of', () => {
  const faults: unknown[] = []
  const heard: string[] = []
  const feed = createFeed((error) => faults.push(error))
  feed.subscribe(() => {
    throw new Error('broken')
  })
  const stop = feed.subscribe(({ type }) => heard.push(type))
  feed.tell({ type: 'hit', kind: 'product', count: 1 })
  stop()
  feed.tell({ type: 'miss', kind: 'product', count: 1 })
  expect(heard).toEqual(['hit'])
  expect(faults).toHaveLength(2)
})

it('a request is told of with what it came to', async () => {
  const query = 'query One { product(by: { id: "Product:1" }) { title } }'
  await api.ask(query)
  await api.ask(query)
  const [cold, warm] = told('request')
  expect(cold).toMatchObject({
    operation: 'One',
    operationName: 'One',
    operationType: 'query',
    status: 200,
    code: null,
  })
  expect(cold).toMatchObject({ hits: 0, misses: 1, statements: 1 })
  expect(warm).toMatchObject({ hits: 1, misses: 0, statements: 0 })
  expect(told('statement').filter(({ pool }) => pool === 'read')).toHaveLength(1)
})

it('a mutation tells which row it changed, and which keys were evicted for it', async () => {
  happened.length = 0
  await api.ask(
    'mutation Rename { productUpdate(id: "Product:1", input: { title: "Quay Shirt" }) { product { title } } }',
  )
  const [eviction] = told('eviction')
  expect(eviction).toMatchObject({ by: 'mutation' })
  const cause = eviction?.causes.find(({ change }) => change.entity === 'product')
  expect(cause?.change).toMatchObject({ before: { title: 'Harbor Shirt' }, after: { title: 'Quay Shirt' } })
  expect(cause?.keys).toEqual(expect.arrayContaining(['test:product:1', 'test:group:products/title']))
  expect(new Set(eviction?.causes.flatMap(({ keys }) => keys)).size).toBe(eviction?.keys)
  // an in-process store waits for whoever delivers to it: here for nobody
  expect(told('write')).toMatchObject([{ propagation: 'DONE' }])
  const [request] = told('request')
  expect(request).toMatchObject({ operation: 'Rename', operationType: 'mutation' })
  // what was written is read again; the statements of the write itself are told, and not counted
  expect(request?.statements).toBe(1)
  expect(told('statement').filter(({ pool }) => pool === 'write').length).toBeGreaterThan(3)
})

it('a request that runs no operation has no name', async () => {
  happened.length = 0
  await api.ask('query Wrong { nothing }')
  await api.ask('{ __typename }')
  expect(told('request')).toMatchObject([
    { operation: 'none', operationName: null, operationType: 'none', code: 'GRAPHQL_VALIDATION_FAILED' },
    { operation: 'anonymous', operationType: 'query', code: null },
  ])
})
