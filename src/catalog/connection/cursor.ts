import { badUserInput, shown } from '../errors.ts'
import { isPosition, type Order, type Position } from './order.ts'

/**
 * A cursor is a row's position in its list, together with the field and the order it belongs to: so it needs no row to
 * be there any more, and is refused wherever it would point at something else.
 */
export function encodeCursor(field: string, order: Order, position: Position): string {
  return Buffer.from(JSON.stringify([field, order.name, ...position])).toString('base64url')
}

/** @throws BAD_USER_INPUT where the text is no cursor of this field in this order. */
export function decodeCursor(text: string, argument: string, field: string, order: Order): Position {
  const [givenField, givenOrder, ...position] = parse(text) ?? []
  if (givenField !== field || givenOrder !== order.name || !isPosition(position, order)) {
    throw badUserInput(
      `${argument} takes a cursor from the same field with the same sortKey and reverse, but received ${shown(text)}`,
    )
  }
  return position
}

function parse(text: string): unknown[] | undefined {
  const json = Buffer.from(text, 'base64url')
  // the decoder skips what it does not know: only the one spelling that was given out is a cursor
  if (json.toString('base64url') !== text) return undefined
  try {
    const value: unknown = JSON.parse(json.toString())
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
