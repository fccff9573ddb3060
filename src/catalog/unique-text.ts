import { isStorable } from './storable.ts'

/** Lower case letters and digits, in words joined by single hyphens. */
export const slugForm = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Unique values brought to the database's own equality, so that no row is reached under two spellings and thus cached
 * under two keys. Null where the database cannot hold such a value, so that nothing is asked at all.
 */
export function canonicalSlug(text: string): string | null {
  const slug = text.normalize('NFC').toLowerCase()
  return slugForm.test(slug) && slug.length <= 200 ? slug : null
}

/**
 * A sku is compared character by character, after the composition of accents that a keyboard may leave open. The
 * database counts its characters by code points.
 */
export function canonicalSku(text: string): string | null {
  const sku = text.normalize('NFC')
  return sku !== '' && Array.from(sku).length <= 100 && isStorable(sku) ? sku : null
}
