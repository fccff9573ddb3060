import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'

const source = fileURLToPath(new URL('../', import.meta.url))
const dependencies = fileURLToPath(new URL('../../package.json', import.meta.url))

/**
 * Names all that shapes an answer besides the catalog and the request: this code, what it depends on, and what the
 * configuration says of answers. Builds that differ in anything do not share finished answers.
 */
export async function buildOf({ LARDER_CURRENCY, LARDER_INTROSPECTION }: Config): Promise<string> {
  const names = await readdir(source, { recursive: true })
  const files = names.filter((name) => /\.(ts|js|graphql)$/.test(name)).toSorted()
  const hash = createHash('sha256')
  for (const file of [dependencies, ...files.map((name) => join(source, name))]) hash.update(await readFile(file))
  hash.update(JSON.stringify([process.version, LARDER_CURRENCY, LARDER_INTROSPECTION]))
  return hash.digest('base64url')
}
