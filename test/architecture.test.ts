import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'

const root = new URL('../src/', import.meta.url).pathname

/** What each room may import from, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  cache: [],
  database: ['generated', 'config.ts', 'start-error.ts'],
  pictures: [],
  auth: ['catalog'],
  redis: [],
  catalog: ['cache', 'database', 'currencies.ts', 'generated'],
  tracing: ['observe', 'catalog', 'database'],
  observe: ['redis', 'cache', 'catalog', 'database'],
  graphql: ['cache', 'catalog', 'database', 'observe', 'generated'],
  console: ['cache', 'catalog', 'observe'],
  http: ['auth', 'graphql', 'cache', 'catalog', 'console', 'observe', 'pictures', 'generated'],
  start: [
    'http',
    'tracing',
    'observe',
    'console',
    'auth',
    'catalog',
    'cache',
    'database',
    'redis',
    'seed',
    'generated',
    'config.ts',
    'start-error.ts',
  ],
  command: ['database', 'config.ts', 'start-error.ts'],
  seed: ['command', 'pictures', 'start-error.ts'],
  import: ['command', 'catalog', 'start-error.ts'],
  evict: ['command', 'cache', 'catalog', 'database', 'start-error.ts'],
  demo: ['start-error.ts'],
  generated: [],
  'main.ts': ['start', 'config.ts', 'start-error.ts'],
  'config.ts': ['start-error.ts', 'variables.ts'],
  'variables.ts': ['redis', 'currencies.ts', 'variable.ts'],
  'variable.ts': [],
  'currencies.ts': [],
  'start-error.ts': [],
}

/** What may only be used in one room. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ioredis: ['cache', 'redis'],
  fastify: ['http', 'start/listen.ts'],
  jose: ['auth'],
  'prom-client': ['observe/metrics'],
  '@prisma/adapter-pg': ['database'],
  '@opentelemetry/api': ['tracing'],
  '@opentelemetry/sdk-trace-base': ['tracing'],
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('generated'),
)

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, specifier]) => specifier ?? '')
}

/** The files of src that a file of src imports. */
function ownImportsOf(file: string): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative('.', join(dirname(file), specifier)))
}

it.each(Object.entries(allowed))('%s imports only what it may know', (room, others) => {
  const strangers = files
    .filter((file) => file.split('/')[0] === room)
    .flatMap((file) =>
      ownImportsOf(file)
        .filter((target) => ![room, ...others].includes(target.split('/')[0] ?? ''))
        .map((target) => `${file} -> ${target}`),
    )
  expect(strangers).toEqual([])
})

it('every room says what it may know', () => {
  const rooms = new Set(files.map((file) => file.split('/')[0] ?? ''))
  expect([...rooms].filter((room) => !(room in allowed))).toEqual([])
})

it('no room may know one that may know it, however long the way around', () => {
  const circles = Object.keys(allowed).flatMap((room) => waysBack(room, [room]))
  expect(circles).toEqual([])
})

/** The ways from the last room of a path to the first one. */
function waysBack(to: string, path: readonly string[]): string[] {
  return (allowed[path.at(-1) ?? ''] ?? []).flatMap((next) => {
    if (next === to) return [[...path, next].join(' -> ')]
    return path.includes(next) ? [] : waysBack(to, [...path, next])
  })
}

it('no files import each other in a circle, types included', () => {
  const imports = new Map(files.map((file) => [file, ownImportsOf(file)]))
  // in no circle is what imports nothing of what is left, and then what nothing of it imports
  const importing = thinned(files, (file, left) => left.some((other) => imports.get(file)?.includes(other)))
  const circles = thinned(importing, (file, left) => left.some((other) => imports.get(other)?.includes(file)))
  expect(circles).toEqual([])
})

/** What remains of some files once all have been taken away that are not wanted beside what remains. */
function thinned(
  given: readonly string[],
  isWanted: (file: string, left: readonly string[]) => boolean,
): readonly string[] {
  const left = given.filter((file) => isWanted(file, given))
  return left.length === given.length ? left : thinned(left, isWanted)
}

it.each(Object.entries(packages))('%s is used in %s alone', (name, places) => {
  const users = files.filter((file) => importsOf(file).includes(name))
  expect(users.filter((file) => !places.some((place) => file === place || file.startsWith(`${place}/`)))).toEqual([])
})

it('the cache knows nothing of GraphQL, Prisma or the catalog', () => {
  const known = new Set(
    files
      .filter((file) => file.startsWith('cache/'))
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.')),
  )
  expect([...known].toSorted()).toEqual(['cluster-key-slot', 'ioredis', 'node:crypto', 'node:timers/promises'])
})

it('nothing but a write changes the catalog', () => {
  const changing =
    /\.(create|createMany|createManyAndReturn|update|updateMany|upsert|delete|deleteMany|\$executeRaw\w*|\$?transaction)[(`]|\b(insertRows?|updateRow)\(|(INSERT INTO|UPDATE|DELETE FROM) /
  const works =
    /^catalog\/(write|\w+\/(mutations|rows|memberships))\.ts$|^database\/(outbox|cache-server|membership|rows|writer)\.ts$/
  const changers = files.filter(
    (file) =>
      importsOf(file).some((name) => /generated\/prisma|\/(write|sql|rows|writer)\.ts$/.test(name)) &&
      changing.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(changers.filter((file) => !works.test(file))).toEqual([])
  expect(changers).toContain('catalog/write.ts')
})
