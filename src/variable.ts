import { isIP } from 'node:net'
import { z } from 'zod'

/** One environment variable: what it means to people, and what it becomes. */
export interface Variable<Schema extends z.ZodType> {
  readonly about: string
  /** What may be set, for the message about a value that may not. */
  readonly allowed: string
  /** The default as the documentation shows it. */
  readonly standard: string
  readonly schema: Schema
}

export function variable<Schema extends z.ZodType>(
  about: string,
  allowed: string,
  standard: string,
  schema: Schema,
): Variable<Schema> {
  return { about, allowed, standard, schema }
}

export const milliseconds = (standard: number, least = 1) =>
  [
    `a whole number of milliseconds from ${least} to 2147483647`,
    String(standard),
    wholeNumber(least, 2_147_483_647).default(standard),
  ] as const

export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
}

export function urlOf(...protocols: readonly string[]) {
  return z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null
    return url !== null && protocols.includes(url.protocol) && url.hostname !== '' && isDecodable(url)
  })
}

/** Whoever connects decodes these parts, and not every URL lets that be done. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(username + password + pathname)
    return true
  } catch {
    return false
  }
}

/** An address, or a network such as 10.0.0.0/8. */
export const network = z.string().refine((text) => {
  const [, address = '', bits] = /^([0-9A-Fa-f.:]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && (bits === undefined || (Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128)))
})

/** Entries with commas between them. */
export function listOf<Entry extends z.ZodType<unknown, string>>(entry: Entry) {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(entry))
}
