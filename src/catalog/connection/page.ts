import { badUserInput } from '../errors.ts'
import { decodeCursor } from './cursor.ts'
import type { Order, Position } from './order.ts'

export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/** A stretch of a list: the first rows, or where `backward` the last, of what lies between two positions. */
export interface Page {
  readonly limit: number
  readonly backward: boolean
  readonly after: Position | null
  readonly before: Position | null
}

/** How many rows a page has at most, and where nothing is said. */
export const largestPage = 100
export const standardPage = 20

/** @throws BAD_USER_INPUT where the arguments are out of range, contradict each other, or hold a foreign cursor. */
export function parsePage(field: string, order: Order, given: PageArguments): Page {
  const first = given.first ?? null
  const last = given.last ?? null
  if (first !== null && last !== null) {
    throw badUserInput(`${field} takes first or last, not both: received first: ${first} and last: ${last}`)
  }
  checkSize(`first of ${field}`, first)
  checkSize(`last of ${field}`, last)
  const after = given.after ?? null
  const before = given.before ?? null
  return {
    limit: first ?? last ?? standardPage,
    backward: last !== null,
    after: after === null ? null : decodeCursor(after, `after of ${field}`, field, order),
    before: before === null ? null : decodeCursor(before, `before of ${field}`, field, order),
  }
}

/** The page as a part of a key: equal pages have equal names. */
export function pageName(page: Page): string {
  const bounds = page.after === null && page.before === null ? '' : `,${JSON.stringify([page.after, page.before])}`
  return `${page.backward ? 'last' : 'first'}=${page.limit}${bounds}`
}

function checkSize(argument: string, size: number | null): void {
  if (size !== null && (size < 0 || size > largestPage)) {
    throw badUserInput(`${argument} is from 0 to ${largestPage}, but received ${size}`)
  }
}
