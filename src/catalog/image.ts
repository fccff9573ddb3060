import { int, nullable, object, text, type ValueOf } from '../cache/index.ts'
import type { ImageResolvers } from '../generated/graphql.ts'

/** A picture as the database holds it. Its url is absolute, or a path under this server. */
export const image = object({ url: text, altText: nullable(text), width: nullable(int), height: nullable(int) })
export type ImageValue = ValueOf<typeof image>

export const imageResolvers: ImageResolvers = {
  url: ({ url }, _given, { origin }) => (url.startsWith('/') ? `${origin}${url}` : url),
}

/** A picture column, in which members without a value may be missing. */
export function imageOf(column: unknown): ImageValue | null {
  if (column === null || column === undefined) return null
  const { url, altText = null, width = null, height = null } = column as Partial<ImageValue>
  return url === undefined ? null : { url, altText, width, height }
}
