import { randomInt } from 'node:crypto'
import slugify from '@sindresorhus/slugify'
import { raw, sql } from '../database/sql.ts'
import type { Faults } from './faults.ts'
import { slugForm } from './unique-text.ts'
import type { Transaction } from './write.ts'

const longestBase = 190

/** What has slugs of its own, as its table is called. */
type Noun = 'product' | 'category'

/**
 * A slug made from a name, with a number at its end where others have it already.
 * @param noun what the slug is for; also what to start from where the name holds nothing that a slug can be made of
 */
export async function freeSlug(tx: Transaction, noun: Noun, name: string): Promise<string> {
  const made = slugify(name, { decamelize: false })
    .slice(0, longestBase)
    .replace(/[^a-z0-9]+$/, '')
  const base = slugForm.test(made) ? made : noun
  const candidates = [base, ...Array.from({ length: 8 }, (_, i) => `${base}-${i + 2}`)]
  const existing = new Set((await ownersOf(tx, noun, candidates)).map(({ slug }) => slug))
  return candidates.find((slug) => !existing.has(slug)) ?? `${base}-${randomInt(1_000_000, 1_000_000_000)}`
}

/** Adds TAKEN where another has this slug. */
export async function checkSlug(
  tx: Transaction,
  noun: Noun,
  faults: Faults,
  slug: string | undefined,
  self?: number,
): Promise<void> {
  const [owner] = slug === undefined ? [] : await ownersOf(tx, noun, [slug])
  if (owner === undefined || owner.id === self) return
  faults.add('TAKEN', ['input', 'slug'], `The slug "${slug}" belongs to another ${noun}`)
}

function ownersOf(tx: Transaction, noun: Noun, wanted: string[]): Promise<{ id: number; slug: string }[]> {
  return tx.query(sql`SELECT "id", "slug" FROM ${raw(`"${noun}"`)} WHERE "slug" = ANY (${wanted}::text[])`)
}
