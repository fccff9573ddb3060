import { readdirSync, readFileSync } from 'node:fs'

/** The root of the repository. */
export const root = new URL('../../', import.meta.url)

/** A file of the repository. */
export function text(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

/** The code blocks of a page in one language. */
export function blocks(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block ?? '',
  )
}

/** The paths of all files under a folder. */
export function under(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}${name}`)
}

/** The paths of all pages that people read. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...under('docs/'),
  ...under('src/'),
].filter((path) => path.endsWith('.md'))
