import { z } from 'zod'
import { filled, html, image, slug, text } from '../fields.ts'
import { parseGlobalId } from '../global-id.ts'
import { orAbsent } from '../input.ts'
import { newVariants } from '../variant/input.ts'

const title = filled(255)

const brand = text(255).transform((given) => given || null)

const images = z.array(image).max(50)

const status = z.enum(['ACTIVE', 'DRAFT', 'ARCHIVED'])

/** Ids of categories, each once; null for one that is larger than any id can be. */
const categories = z
  .array(z.string())
  .max(50)
  .superRefine((ids, context) => {
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) < i) context.addIssue({ code: 'custom', path: [i], message: `${id} is listed twice` })
    }
  })
  .transform((ids) => ids.map((id, i) => ({ text: id, ...parseGlobalId(id, `input.categories.${i}`, ['Category']) })))

export const productCreateRules = {
  title,
  slug: orAbsent(slug),
  descriptionHtml: orAbsent(html),
  brand: orAbsent(brand),
  images: orAbsent(images),
  status: orAbsent(status),
  categories: orAbsent(categories),
  variants: orAbsent(newVariants),
}

export const productUpdateRules = {
  title,
  slug,
  descriptionHtml: html.nullable(),
  brand: brand.nullable(),
  images,
  status,
  categories,
}
