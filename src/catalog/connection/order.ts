import { isStorable, largestInt } from '../storable.ts'

/** How a value is bound in SQL and told apart in a cursor. A timestamptz is milliseconds since 1970 outside SQL. */
export type SqlType = 'int4' | 'int8' | 'float8' | 'text' | 'timestamptz'
export interface SqlValue {
  readonly type: SqlType
  readonly value: string | number
}

export interface SortColumn {
  /** The column in SQL, with the alias of its table. */
  readonly sql: string
  readonly type: SqlType
  readonly descending: boolean
}

/**
 * A stretch of a list in which every row has a value in every column. An order with a column that may be null is one
 * segment of the rows that have it, and then one of those that have not: so they come last whichever way it is sorted.
 */
export interface Segment {
  /** Which rows of the list belong to the segment; absent: all. */
  readonly where?: string
  /** The last column is unique among the rows, so that no two share a place. */
  readonly columns: readonly SortColumn[]
}

export interface Order {
  /** Names the order in keys and cursors, its direction included. */
  readonly name: string
  readonly segments: readonly Segment[]
}

/** A row's place in an order: the number of its segment, then its value in each of the segment's columns. */
export type Position = readonly [segment: number, ...key: (string | number)[]]

/** The same order from its other end. Segments keep their places: what has no value stays last. */
export function reversed(order: Order): Order {
  const segments = order.segments.map((segment) => ({ ...segment, columns: segment.columns.map(flipped) }))
  return { name: `${order.name}-reversed`, segments }
}

export function flipped(column: SortColumn): SortColumn {
  return { ...column, descending: !column.descending }
}

export function isPosition(value: unknown, order: Order): value is Position {
  if (!Array.isArray(value)) return false
  const [index, ...key] = value as unknown[]
  const segment = typeof index === 'number' ? order.segments[index] : undefined
  return (
    segment !== undefined &&
    key.length === segment.columns.length &&
    segment.columns.every((column, i) => fits(key[i], column.type))
  )
}

const latestInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

function fits(value: unknown, type: SqlType): boolean {
  switch (type) {
    case 'int4':
      return Number.isInteger(value) && Math.abs(Number(value)) <= largestInt
    case 'int8':
      return Number.isSafeInteger(value)
    case 'float8':
      return typeof value === 'number' && Number.isFinite(value)
    case 'timestamptz':
      return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= latestInstant
    case 'text':
      return typeof value === 'string' && isStorable(value)
  }
}
