import { z } from 'zod'
import { sanitizeDescription } from './product/html.ts'

/** The rules of single fields, wherever they come from: a mutation's input or a line of an import. */

export const slug = z
  .string()
  .max(200)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower case letters and digits, in words joined by single hyphens')

/** Text that PostgreSQL can hold, without space around it. */
export const text = (most: number) =>
  z
    .string()
    .transform((given) => given.trim())
    .pipe(z.string().max(most))
    .refine((given) => !given.includes('\0') && given.isWellFormed(), 'holds a character that no text may hold')

/** The same, with something in it. */
export const filled = (most: number) => text(most).pipe(z.string().min(1))

/** One spelling for each sku, whichever way its accents were typed. */
export const sku = filled(100).transform((given) => given.normalize('NFC'))

export const quantity = z.int().min(0).max(2_147_483_647)

export const rating = z.int().min(1).max(5)

export const pixels = z.int().min(1).max(2_147_483_647)

export const httpUrl = z
  .string()
  .max(2000)
  .refine((given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol), 'expected an http or https url')

/** A description in HTML, made safe, with its plain text. */
export const html = text(100_000).transform((given) => sanitizeDescription(given))

export const image = z
  .object({ url: httpUrl, altText: text(1000).nullish(), width: pixels.nullish(), height: pixels.nullish() })
  .transform(({ url, altText, width, height }) => ({
    url,
    altText: altText || null,
    width: width ?? null,
    height: height ?? null,
  }))
