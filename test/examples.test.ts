import { buildSchema, parse, validate } from 'graphql'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedCatalog } from '../src/seed/seed.ts'
import { startApi, type TestApi } from './setup/api.ts'
import { testDatabase } from './setup/index.ts'

const root = new URL('../', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const examples = readdirSync(new URL('examples/', root)).filter((file) => file.endsWith('.graphql'))

describe('the operations in examples/', () => {
  const variables = JSON.parse(text('examples/variables.json')) as Record<string, object>
  let api: TestApi

  beforeAll(async () => {
    const { url, client } = await testDatabase()
    await seedCatalog(client, { products: 1000, seed: 1 })
    await client.query('UPDATE product_variant SET quantity = 5 WHERE id = 1')
    api = await startApi({ url })
  })
  afterAll(() => api.close())

  it('each have variables, and no others do', () => {
    expect(Object.keys(variables).toSorted()).toEqual(examples.map((file) => file.replace('.graphql', '')).toSorted())
  })

  it.each(examples)('%s gives an answer on the sample data', async (file) => {
    const { data, errors } = await api.ask(text(`examples/${file}`), variables[file.replace('.graphql', '')])
    expect(errors).toBeUndefined()
    const [answer] = Object.values(data as Record<string, { userErrors?: unknown[]; totalCount?: number }>)
    expect(answer).not.toBeNull()
    expect(answer?.userErrors ?? []).toEqual([])
    expect(answer?.totalCount).not.toBe(0)
  })
})

const guides = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.md'),
)
const pages = ['README.md', ...guides.map((file) => `docs/${file}`)]
it.each(pages)('every operation in %s fits the schema', (page) => {
  const schema = buildSchema(text('schema.graphql'))
  for (const [, block] of text(page).matchAll(/^```graphql\n([\s\S]*?)^```/gm)) {
    expect(validate(schema, parse(block ?? ''))).toEqual([])
  }
})
