import { randomInt } from 'node:crypto'
import slugify from '@sindresorhus/slugify'
import type { Faults } from './faults.ts'

const longestBase = 190

/** The part of a Prisma model that tells whose slugs are whose. */
interface Slugs {
  findMany(query: {
    where: { slug: { in: string[] } }
    select: { id: true; slug: true }
  }): PromiseLike<{ id: number; slug: string }[]>
}

/**
 * A slug made from a name, with a number at its end where others have it already.
 * @param noun what the slug is for; also what to start from where the name holds nothing that a slug can be made of
 */
export async function freeSlug(slugs: Slugs, noun: string, name: string): Promise<string> {
  const made = slugify(name, { decamelize: false })
    .slice(0, longestBase)
    .replace(/[^a-z0-9]+$/, '')
  const base = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(made) ? made : noun
  const candidates = [base, ...Array.from({ length: 8 }, (_, i) => `${base}-${i + 2}`)]
  const existing = new Set((await ownersOf(slugs, candidates)).map(({ slug }) => slug))
  return candidates.find((slug) => !existing.has(slug)) ?? `${base}-${randomInt(1_000_000, 1_000_000_000)}`
}

/** Adds TAKEN where another has this slug. */
export async function checkSlug(
  slugs: Slugs,
  noun: string,
  faults: Faults,
  slug: string | undefined,
  self?: number,
): Promise<void> {
  const [owner] = slug === undefined ? [] : await ownersOf(slugs, [slug])
  if (owner === undefined || owner.id === self) return
  faults.add('TAKEN', ['input', 'slug'], `The slug "${slug}" belongs to another ${noun}`)
}

function ownersOf(slugs: Slugs, wanted: string[]): PromiseLike<{ id: number; slug: string }[]> {
  return slugs.findMany({ where: { slug: { in: wanted } }, select: { id: true, slug: true } })
}
