import { randomInt } from 'node:crypto'
import slugify from '@sindresorhus/slugify'

const longestBase = 190

/**
 * A slug made from a name, with a number at its end where others have it already.
 * @param otherwise what to start from where the name holds nothing that a slug can be made of
 * @param taken which of these slugs exist
 */
export async function freeSlug(
  name: string,
  otherwise: string,
  taken: (slugs: string[]) => Promise<readonly { slug: string }[]>,
): Promise<string> {
  const made = slugify(name, { decamelize: false })
    .slice(0, longestBase)
    .replace(/[^a-z0-9]+$/, '')
  const base = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(made) ? made : otherwise
  const candidates = [base, ...Array.from({ length: 8 }, (_, i) => `${base}-${i + 2}`)]
  const existing = new Set((await taken(candidates)).map(({ slug }) => slug))
  return candidates.find((slug) => !existing.has(slug)) ?? `${base}-${randomInt(1_000_000, 1_000_000_000)}`
}
