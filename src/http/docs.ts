import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsync } from 'fastify'
import { Marked, Renderer, type Tokens } from 'marked'
import { drawingPolicy } from './pictures.ts'

const folder = fileURLToPath(new URL('../../docs/', import.meta.url))
const style = readFileSync(new URL('home/docs.css', import.meta.url))

const csp =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** What pictures are, by the ending of their name: browsers are told not to guess. */
const pictureTypes = new Map([
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
])

/** Where code may be broken in two: behind a word of it that is followed by another. */
const breakable = /(?<=\w\w)[_/(,@](?=[^\s<]{2})/g

const plain = new Renderer()

/** Names headings as GitHub does, so that links to them lead to the same place here and there. */
const markdown = new Marked({
  renderer: {
    codespan: (token) => plain.codespan(token).replaceAll(breakable, '$&<wbr>'),
    // on a narrow page cells stand below each other
    tablecell(token: Labelled) {
      const cell = `<td>${this.parser.parseInline(token.tokens)}</td>\n`
      if (token.header) return cell.replaceAll('td>', 'th>')
      return token.label ? cell.replace('<td>', `<td data-label="${token.label}">`) : cell
    },
    heading({ tokens, depth, text }) {
      const id = text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-')
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
  },
})

/** A cell that knows the heading of its column. */
interface Labelled extends Tokens.TableCell {
  label?: string
}

markdown.use({
  walkTokens(token) {
    if (token.type !== 'table') return
    const { header, rows } = token as Tokens.Table
    for (const row of rows as Labelled[][])
      for (const [i, cell] of row.entries()) cell.label = header[i]?.text.replaceAll(/[`*"]/g, '') ?? ''
  },
})

/** The page that lists all others, in groups, and is where readers begin. */
const index = 'README'

/** Pages with a heading above them. */
interface Group {
  readonly heading: string
  /** Each by its path without the ending, as `guides/console`. */
  readonly pages: readonly { readonly name: string; readonly title: string }[]
}

/** `/docs`: the documentation of this very version, for developers. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  const sources = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => [file.slice(0, -'.md'.length), readFileSync(`${folder}${file}`, 'utf8')]),
  )
  const groups = groupsOf(sources.get(index) ?? '')
  const pages = new Map([...sources].map(([name, source]) => [name, page(groups, source, name)]))
  app.get('/docs.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  for (const name of readdirSync(`${folder}images`)) {
    const type = pictureTypes.get(extname(name))
    if (type === undefined) continue
    const picture = readFileSync(`${folder}images/${name}`)
    app.get(`/docs/images/${name}`, (_request, reply) =>
      reply.type(type).header('content-security-policy', drawingPolicy).send(picture),
    )
  }
  app.get('/docs', (_request, reply) => reply.redirect(`/docs/${index}`))
  app.get<{ Params: { '*': string } }>('/docs/*', (request, reply) => {
    // pages link to each other by their files, so that the links also work where the files are read
    const html = pages.get(request.params['*'].replace(/\.md$/, ''))
    if (html === undefined) return reply.callNotFound()
    return reply.type('text/html; charset=utf-8').header('content-security-policy', csp).send(html)
  })
  await Promise.resolve()
}

/** The groups in which the index lists the pages: its headings, and the links below each. */
function groupsOf(source: string): Group[] {
  const [, ...sections] = source.split(/^## /m)
  return sections.map((section) => ({
    heading: section.slice(0, section.indexOf('\n')),
    pages: [...section.matchAll(/^- \[(.+?)\]\((.+?)\.md\)/gm)].map(([, title = '', name = '']) => ({ name, title })),
  }))
}

function page(groups: readonly Group[], source: string, current: string): string {
  const title = /^# (.+)$/m.exec(source)?.[1] ?? current
  const link = (name: string, text: string): string =>
    `<a href="/docs/${name}"${name === current ? ' aria-current="page"' : ''}>${text}</a>`
  const listed = groups.map(
    ({ heading, pages }) =>
      `<p>${heading}</p><ul>${pages.map(({ name, title: text }) => `<li>${link(name, text)}</li>`).join('')}</ul>`,
  )
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · Larder</title>
    <link rel="icon" href="/favicon.svg" />
    <link rel="stylesheet" href="/docs.css" />
  </head>
  <body>
    <nav aria-label="Documentation"><p><a class="home" href="/">Larder</a> ${link(index, 'Documentation')}</p>${listed.join('')}</nav>
    <main>${markdown.parse(source, { async: false })}</main>
  </body>
</html>
`
}
