import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readOperations } from '../../src/start/operations.ts'
import { StartError } from '../../src/start-error.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-operations-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function manifest(operations: unknown): Promise<string> {
  const path = join(folder, 'manifest.json')
  await writeFile(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }))
  return path
}

it('reads the operations of a manifest', async () => {
  const operations = [
    { id: '1', name: 'Names', type: 'query', body: 'query Names { products { nodes { title } } }' },
    { body: '{ node(id: "Product:1") { id } }' },
  ]
  expect(await readOperations(await manifest(operations))).toEqual(operations.map(({ body }) => body))
  expect(await readOperations(undefined)).toBeNull()
})

it.each([
  [
    [
      { name: 'Good', body: '{ a }' },
      { name: 'Bad', body: 'query Bad {' },
    ],
    /operations\[1\]\.body: the operation Bad is no GraphQL: Syntax Error: .*$/,
  ],
  [[{ body: '{ a }' }, { body: 'nonsense' }], /operations\[1\]\.body: the operation is no GraphQL: Syntax Error: .*$/],
  [[{ body: '' }], /operations\[0\]\.body/],
])('refuses the manifest %j, and names the file and what is wrong with it', async (operations, reason) => {
  const path = await manifest(operations)
  const refused = readOperations(path)
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(`LARDER_OPERATIONS must name a file`)
  await expect(refused).rejects.toThrow(path)
  await expect(refused).rejects.toThrow(reason)
})

it('says in one line that another file is no manifest', async () => {
  await expect(readOperations('package.json')).rejects.toThrow(
    /^LARDER_OPERATIONS must name a file .+, but package\.json is none: format: [^\n]+$/,
  )
})
