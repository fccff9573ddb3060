import { z } from 'zod'
import { filled, image, slug, text } from '../fields.ts'
import { parseGlobalId } from '../global-id.ts'
import { orAbsent } from '../input.ts'

const name = filled(255)

const description = text(10_000)

/** An id of a category; its number is null where no category can have it. */
const parent = z.string().transform((id) => ({ text: id, ...parseGlobalId(id, 'input.parent', ['Category']) }))

export const categoryCreateRules = {
  name,
  slug: orAbsent(slug),
  description: orAbsent(description),
  image: orAbsent(image),
  parent: orAbsent(parent),
}

export const categoryUpdateRules = {
  name,
  slug,
  description: description.nullable(),
  image: image.nullable(),
  parent: parent.nullable(),
}
