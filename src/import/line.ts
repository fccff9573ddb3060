import { createHash } from 'node:crypto'
import { decodeHTML } from 'entities'
import { z } from 'zod'
import * as fields from '../catalog/fields.ts'
import { parsePrice } from '../catalog/money.ts'
import { findingsOf, type Finding } from './finding.ts'

/** A line that can be stored. What is undefined was not given, and stays as it is where the row exists already. */
export type Content =
  | { readonly kind: 'category'; readonly value: CategoryLine }
  | { readonly kind: 'product'; readonly value: ProductLine }
  | { readonly kind: 'review'; readonly value: ReviewLine }

export interface ImageLine {
  readonly url: string
  readonly altText: string | null
  readonly width: number | null
  readonly height: number | null
}

export interface CategoryLine {
  readonly slug: string
  readonly name: string
  /** The slug of the category above; null for a root. */
  readonly parent?: string | null
  readonly description?: string
  readonly image?: ImageLine | null
}

export interface VariantLine {
  readonly sku: string
  readonly title?: string
  readonly priceMinor: number
  readonly currency: string
  readonly quantity?: number
  readonly options?: readonly { readonly name: string; readonly value: string }[]
  readonly image?: ImageLine | null
}

export interface ProductLine {
  readonly slug: string
  readonly title: string
  readonly descriptionHtml?: string
  readonly description?: string
  readonly brand?: string | null
  readonly status?: 'ACTIVE' | 'DRAFT' | 'ARCHIVED'
  readonly categories?: readonly string[]
  readonly images?: readonly ImageLine[]
  readonly variants?: readonly VariantLine[]
}

export interface ReviewLine {
  /** The slug of the product. */
  readonly product: string
  readonly rating: number
  readonly title: string
  readonly body: string
  readonly author: string
}

/** A line that is right by itself and asks to be stored. */
export interface Candidate {
  readonly place: string
  readonly content: Content
  /** Names what the line is about among all lines: its kind and slug, or the whole review. */
  readonly key: string
  readonly digest: string
  readonly notes: readonly Finding[]
}

export type ParsedLine =
  | { readonly content: Content; readonly digest: string; readonly notes: readonly Finding[] }
  | { readonly faults: readonly Finding[] }

/** Reads one line of JSON: everything that is wrong with it by itself, or what it says, made ready to be stored. */
export function parseLine(text: string): ParsedLine {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { faults: [{ field: 'line', reason: `is not JSON: ${(error as Error).message}` }] }
  }
  const notes: Finding[] = []
  const parsed = envelope(notes).safeParse(json, { reportInput: true })
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(findingsOf) }
  const content = contentOf(parsed.data)
  return { content, digest: createHash('sha256').update(JSON.stringify(content)).digest('base64url'), notes }
}

const url = fields
  .text(2000)
  .refine(
    (given) => /^\/[^/]/.test(given) || fields.isHttpUrl(given),
    'expected an http or https url, or a path under this server',
  )

const image = z
  .strictObject({ url, alt: fields.altText, width: fields.pixels, height: fields.pixels })
  .transform(({ alt, ...given }) => ({ ...given, altText: alt }))

const variant = z
  .strictObject({
    sku: fields.sku,
    title: emptied(fields.text(255), ''),
    price: z.string('expected a decimal in quotes such as "19.90"'),
    currency: z.string(),
    quantity: emptied(fields.quantity, 0),
    options: emptied(z.record(fields.filled(100), fields.text(255)), {}),
    image: image.nullish(),
  })
  .transform(({ price, options, ...given }, context) => {
    const parsed = parsePrice(price, given.currency)
    if ('error' in parsed) {
      const field = /ISO 4217/.test(parsed.error) ? 'currency' : 'price'
      context.addIssue({ code: 'custom', path: [field], message: parsed.error })
      return z.NEVER
    }
    return {
      ...given,
      priceMinor: parsed.minor,
      options: options && Object.entries(options).map(([name, value]) => ({ name, value })),
    }
  })

const variants = z
  .array(variant)
  .max(2000)
  .superRefine((list, context) => {
    const skus = new Set<string>()
    for (const [i, { sku, currency }] of list.entries()) {
      if (skus.has(sku)) context.addIssue({ code: 'custom', path: [i, 'sku'], message: `"${sku}" is listed twice` })
      skus.add(sku)
      if (currency !== list[0]?.currency) {
        const message = `is ${currency}, but all variants of a product have one currency, here ${list[0]?.currency}`
        context.addIssue({ code: 'custom', path: [i, 'currency'], message })
      }
    }
  })

const categorySlugs = z
  .array(fields.slug)
  .max(50)
  .superRefine((list, context) => {
    for (const [i, each] of list.entries()) {
      if (list.indexOf(each) < i) context.addIssue({ code: 'custom', path: [i], message: `"${each}" is listed twice` })
    }
  })

/** One of the three kinds of lines. What is put right on the way is told to `notes`. */
function envelope(notes: Finding[]) {
  const name = (field: string) => plain(field, notes).pipe(z.string().min(1).max(255))
  return z
    .looseObject({
      category: z
        .strictObject({
          slug: fields.slug,
          name: name('category.name'),
          parent: fields.slug.nullish(),
          description: emptied(fields.text(10_000), ''),
          image: image.nullish(),
        })
        .optional(),
      product: z
        .strictObject({
          slug: fields.slug,
          title: name('product.title'),
          description: emptied(html('product.description', notes), { html: '', text: '' }),
          brand: plain('product.brand', notes).pipe(z.string().max(255)).nullish(),
          status: z.enum(['ACTIVE', 'DRAFT', 'ARCHIVED']).optional(),
          categories: emptied(categorySlugs, []),
          images: emptied(z.array(image).max(50), []),
          variants: variants.optional(),
        })
        .optional(),
      review: z
        .strictObject({
          product: fields.slug,
          rating: fields.rating,
          title: fields.text(255).nullish(),
          body: fields.text(10_000).nullish(),
          author: fields.filled(255),
        })
        .optional(),
    })
    .refine(
      (line) => ['category', 'product', 'review'].includes(Object.keys(line).join()),
      'expected one of {"category":…}, {"product":…} and {"review":…}',
    )
}

/** A field that may be left out, and that null empties. */
function emptied<Schema extends z.ZodType>(field: Schema, empty: z.output<Schema>) {
  return field
    .nullable()
    .transform((given) => given ?? empty)
    .optional()
}

/** A name without markup: entities are decoded, and space is single. */
function plain(field: string, notes: Finding[]) {
  return fields.text(2000).transform((given) => {
    const decoded = decodeHTML(given)
    if (decoded !== given) notes.push({ field, reason: `decoded the HTML entities of ${JSON.stringify(given)}` })
    return decoded.replaceAll(/\s+/g, ' ').trim()
  })
}

function html(field: string, notes: Finding[]) {
  return fields.html.transform(({ html: safe, text: readable, unclosed, removed }) => {
    if (unclosed.length > 0) notes.push({ field, reason: `closed tags that were left open: ${unclosed.join(', ')}` })
    if (removed.length > 0)
      notes.push({ field, reason: `took out elements that are not allowed: ${removed.join(', ')}` })
    return { html: safe, text: readable }
  })
}

function contentOf({ category, product, review }: z.output<ReturnType<typeof envelope>>): Content {
  if (category !== undefined) return { kind: 'category', value: category }
  if (product !== undefined) {
    const { description, brand, ...given } = product
    const descriptions = description ? { descriptionHtml: description.html, description: description.text } : {}
    return { kind: 'product', value: { ...given, ...descriptions, brand: brand === '' ? null : brand } }
  }
  const { title, body, ...given } = review as NonNullable<typeof review>
  return { kind: 'review', value: { ...given, title: title ?? '', body: body ?? '' } }
}
