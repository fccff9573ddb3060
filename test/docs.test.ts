import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readArguments as readDemoArguments } from '../src/demo/arguments.ts'
import { readArguments as readEvictArguments } from '../src/evict/wanted.ts'
import { statusOfCode } from '../src/graphql/errors.ts'
import { variables } from '../src/variables.ts'
import { blocks, pages, root, text, under } from './setup/pages.ts'

it('every link between the pages leads somewhere, and to a heading that is there', () => {
  const links = pages.flatMap((page) =>
    [...text(page).matchAll(/\]\((?!https?:)([^)\s]+)/g)].map(([, link = '']) => ({ page, link })),
  )
  const broken = links.filter(({ page, link }) => {
    const target = new URL(link, new URL(page, root))
    const place = fileURLToPath(target)
    if (!existsSync(place)) return true
    return target.hash !== '' && !anchorsOf(readFileSync(place, 'utf8')).includes(target.hash.slice(1))
  })
  expect(links.length).toBeGreaterThan(50)
  expect(broken).toEqual([])
})

/** What the headings of a page are called in links, to GitHub. */
function anchorsOf(page: string): string[] {
  const withoutCode = page.replaceAll(/^```[\s\S]*?^```/gm, '')
  return [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

it('every file that the pages name is there', () => {
  const named = pages.flatMap((page) =>
    [...text(page).matchAll(/`((?:src|test|docs|prisma|bench|scripts|observability|examples)\/[\w./-]*)`/g)].map(
      ([, path = '']) => ({ page, path }),
    ),
  )
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ path }) => !existsSync(new URL(path, root)))).toEqual([])
})

it('every compiled file that the pages name is compiled from one that is there', () => {
  const named = pages.flatMap((page) => [...text(page).matchAll(/dist\/([\w/-]+)\.js/g)].map(([, name]) => name))
  expect(named.length).toBeGreaterThan(3)
  expect(named.filter((name) => !existsSync(new URL(`src/${name}.ts`, root)))).toEqual([])
})

it('every command that the pages name is a script, and CONTRIBUTING.md has every script', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
  const named = pages.flatMap((page) =>
    [...text(page).matchAll(/npm run ([a-z]+(?::[a-z]+)*)/g)].map(([, name = '']) => ({ page, name })),
  )
  expect(named.filter(({ name }) => scripts[name] === undefined)).toEqual([])
  const told = new Set(
    [...text('CONTRIBUTING.md').matchAll(/(?:npm (?:run )?|`(?!npm ))([a-z]+(?::[a-z]+)*)/g)].map(([, name]) => name),
  )
  // npm runs these two by itself
  const called = Object.keys(scripts).filter((name) => name !== 'prepare' && name !== 'prebuild')
  expect(called.filter((name) => !told.has(name))).toEqual([])
})

it('the page of errors has every code with its status', async () => {
  const page = text('docs/reference/errors.md')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(
    ([, code = '', status]) => [code, Number(status)] as const,
  )
  expect(Object.fromEntries(rows)).toEqual({ ...statusOfCode, NOT_FOUND: 404 })
  const sources = under('src/').filter((path) => path.endsWith('.ts') && !path.startsWith('src/generated/'))
  const given = sources.flatMap((path) =>
    [...text(path).matchAll(/(?:errorBody\(\s*|\bcode: )'([A-Z_]{8,})'/g)].map(([, code = '']) => code),
  )
  expect(given).toContain('NOT_FOUND')
  expect(given.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

it('the guide to mutations has every code of user errors', () => {
  const [, values = ''] = /^enum UserErrorCode \{\n([\s\S]*?)^\}/m.exec(text('schema.graphql')) ?? []
  const codes = [...values.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, code]) => code)
  const rows = [...text('docs/guides/mutations.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  expect(codes).toHaveLength(6)
  expect(rows.toSorted()).toEqual(codes.toSorted())
})

it('the limits of the guide to exposing are those of the code', () => {
  const page = text('docs/guides/exposing.md')
  const limit = (file: string, name: string): string => {
    const [, number = ''] = new RegExp(`const ${name} = ([\\d_]+)$`, 'm').exec(text(file)) ?? []
    return Number(number.replaceAll('_', '')).toLocaleString('en')
  }
  expect(page).toContain(`| its directives | ${limit('src/graphql/limits.ts', 'mostDirectives')} |`)
  expect(page).toContain(`all fragments unfolded | ${limit('src/graphql/limits.ts', 'mostSelections')} |`)
  expect(page).toContain(`| the ids of \`nodes\` | ${limit('src/catalog/node/resolvers.ts', 'mostNodes')} |`)
  const listed = new Set([...page.matchAll(/^\| .+ \| `((?:LARDER_|RATE_)[A-Z_]+)` \|/gm)].map(([, name]) => name))
  expect(Object.keys(variables).filter((name) => /^LARDER_MAX_|^RATE_LIMIT$/.test(name) && !listed.has(name))).toEqual(
    [],
  )
})

it('every way to call the demo and the eviction that the pages show is understood', () => {
  const shells = pages.flatMap((page) => blocks(text(page), 'sh')).join('')
  const calls = (script: string): string[][] =>
    [...shells.matchAll(new RegExp(`npm run ${script} -- ([^#\\n]+)`, 'g'))].map(([, given = '']) =>
      given.replaceAll(/[[\]]/g, '').trim().split(/ +/),
    )
  expect(calls('demo').map((args) => readDemoArguments(args))).toContainEqual({
    url: 'http://127.0.0.1:4000',
    minutes: 2,
    rate: 150,
  })
  expect(calls('evict').map((args) => readEvictArguments(args))).toEqual([
    { noun: 'product', name: '42' },
    { kind: 'product-list' },
    { everything: true },
  ])
})
