import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsync } from 'fastify'
import { marked } from 'marked'

const folder = fileURLToPath(new URL('../../docs/', import.meta.url))
const style = readFileSync(new URL('home/docs.css', import.meta.url))

const csp =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** `/docs`: the guides of this very version, for developers. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .toSorted()
  const pages = new Map(names.map((name) => [name, page(names, readFileSync(`${folder}${name}.md`, 'utf8'), name)]))
  app.get('/docs.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  for (const name of readdirSync(`${folder}images`)) {
    const image = readFileSync(`${folder}images/${name}`)
    app.get(`/docs/images/${name}`, (_request, reply) => reply.type('image/png').send(image))
  }
  app.get('/docs', (_request, reply) => reply.redirect(`/docs/${names[0]}`))
  app.get<{ Params: { name: string } }>('/docs/:name', (request, reply) => {
    // pages link to each other by their files, so that the links also work where the files are read
    const html = pages.get(request.params.name.replace(/\.md$/, ''))
    if (html === undefined) return reply.callNotFound()
    return reply.type('text/html; charset=utf-8').header('content-security-policy', csp).send(html)
  })
  await Promise.resolve()
}

function page(names: readonly string[], markdown: string, current: string): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? current
  const links = names.map(
    (name) => `<a href="/docs/${name}"${name === current ? ' aria-current="page"' : ''}>${name}</a>`,
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
    <nav aria-label="Guides"><a class="home" href="/">Larder</a>${links.join('')}</nav>
    <main>${marked.parse(markdown, { async: false })}</main>
  </body>
</html>
`
}
