import type { FastifyInstance } from 'fastify'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { answerConditionally } from '../conditional.ts'

/** Scripts and styles from here alone, nothing inline, and no text that ever becomes a script. */
const csp = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page of the console with its scripts and styles, those of its chart library among them. */
export async function assetRoutes(app: FastifyInstance): Promise<void> {
  answerConditionally(app)
  const { resolve } = createRequire(import.meta.url)
  const page = new URL('page/', import.meta.url)
  const files = new Map<string, URL | string>([
    ...readdirSync(page).map((name) => [name, new URL(name, page)] as const),
    ['favicon.svg', new URL('../home/favicon.svg', import.meta.url)],
    ['uplot.js', resolve('uplot/dist/uPlot.iife.min.js')],
    ['uplot.css', resolve('uplot/dist/uPlot.min.css')],
  ])
  for (const [name, file] of files) {
    const content = readFileSync(file, 'utf8')
    const path = name === 'index.html' ? '/console' : `/console/${name}`
    app.get(path, (_request, reply) =>
      reply
        .type(types[extname(name)] ?? 'application/octet-stream')
        .header('content-security-policy', csp)
        .header('cross-origin-resource-policy', 'same-origin')
        .send(content),
    )
  }
  await Promise.resolve()
}
