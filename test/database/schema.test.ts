import { readdir, readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** The part of Prisma's schema engine that compares a database with a schema. */
interface SchemaEngine {
  diff(input: object): Promise<{ exitCode: number; stdout: string | null }>
}

const schema = await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8')
const migrations = new URL('../../prisma/migrations/', import.meta.url)
let database: PGlite
let engine: SchemaEngine

beforeAll(async () => {
  database = await PGlite.create()
  for (const name of (await readdir(migrations)).toSorted()) {
    if (!name.includes('.')) await database.exec(await readFile(new URL(`${name}/migration.sql`, migrations), 'utf8'))
  }
  engine = await openEngine()
})
afterAll(() => database.close())

/** What is used of WebAssembly, which node has and its types leave out. */
interface Wasm {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

/** Prisma ships the engine as WebAssembly whose main entry needs a flag of node: it is instantiated by hand. */
async function openEngine(): Promise<SchemaEngine> {
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as {
    __wbg_set_wasm(exports: object): void
    SchemaEngine: { 'new'(options: object, log: () => void, adapter: unknown): Promise<SchemaEngine> }
  }
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Wasm }
  const { instance } = await wasm.instantiate(await readFile(file), { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(database))
  return glue.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter)
}

async function difference(from: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content: from }]
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', configDir: '.', files },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  })
  return exitCode === 0 ? '' : (stdout ?? 'they differ')
}

it('the migrations make exactly what schema.prisma describes', async () => {
  expect(await difference(schema)).toBe('')
})

it('a column that only one of them has is noticed', async () => {
  expect(await difference(schema.replace('brand           String?', 'brand String?\n  origin String?'))).toContain(
    '"origin"',
  )
})
