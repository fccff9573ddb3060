import { z } from 'zod'
import { sanitizeDescription } from './product/html.ts'
import { isStorable, largestInt } from './storable.ts'
import { slugForm } from './unique-text.ts'

/** The rules of single fields, wherever they come from: a mutation's input or a line of an import. */

export const slug = z
  .string()
  .max(200)
  .regex(slugForm, 'expected lower case letters and digits, in words joined by single hyphens')

/** Text that PostgreSQL can hold, without space around it. */
export const text = (most: number) =>
  z
    .string()
    .transform((given) => given.trim())
    .pipe(z.string().max(most))
    .refine(isStorable, 'holds a character that no text may hold')

/** The same, with something in it that can be seen. */
export const filled = (most: number) =>
  text(most).pipe(z.string().min(1, { abort: true }).regex(visible, 'expected something that can be seen'))

const visible = /[^\p{Default_Ignorable_Code_Point}\p{Cf}\p{Z}]/u

/** One spelling for each sku, whichever way its accents were typed; it is as long as that spelling. */
export const sku = z
  .string()
  .transform((given) => given.normalize('NFC'))
  .pipe(filled(100))

export const quantity = z.int().min(0).max(largestInt)

export const rating = z.int().min(1).max(5)

/** URL takes more than what clients can be expected to: `https:x` without slashes, or with one. */
export function isHttpUrl(given: string): boolean {
  return /^https?:\/\/[^/\\?#]/i.test(given) && URL.canParse(given)
}

/** A description in HTML, made safe, with its plain text. */
export const html = text(100_000).transform((given) => sanitizeDescription(given))

/** What is shown in place of an image; null where nothing is. */
export const altText = text(1000)
  .nullish()
  .transform((given) => given || null)

/** The width or the height of an image; null where it is not known. */
export const pixels = z
  .int()
  .min(1)
  .max(largestInt)
  .nullish()
  .transform((given) => given ?? null)

export const image = z.object({
  url: text(2000).refine(isHttpUrl, 'expected an http or https url'),
  altText,
  width: pixels,
  height: pixels,
})
