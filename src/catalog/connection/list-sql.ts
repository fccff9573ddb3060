import { flipped, type Order, type Position, type Segment, type SortColumn, type SqlValue } from './order.ts'
import type { Page } from './page.ts'
import type { Question } from './sql-batch.ts'

/** The rows of a list, before any order and paging. Its SQL may use the columns `q.<name>` of its values. */
export interface Selection {
  /** What follows FROM. */
  readonly from: string
  readonly where: readonly string[]
  readonly values: Readonly<Record<string, SqlValue>>
}

/** What the database answers for a page: positions in the list's order, and whether anything lies around the page. */
export interface PageAnswer {
  readonly items: Position[]
  /** Whether the list goes on past the page's own end. */
  readonly more: boolean
  /** Whether anything lies at or before `after`, and at or after `before`. */
  readonly earlier: boolean
  readonly later: boolean
}

/**
 * Keyset paging: a page is found by comparing with positions, never by counting rows, so it is stable when rows are
 * added and costs the same however deep it lies. One row more than asked tells whether there is more.
 */
export function pageQuestion(selection: Selection, order: Order, page: Page): Question {
  const values = { ...selection.values, ...bounds('after', order, page.after), ...bounds('before', order, page.before) }
  const branches = order.segments.flatMap((segment, index) => {
    const where = [
      ...beyond('after', order, index, page.after, false),
      ...beyond('before', order, index, page.before, false),
    ]
    return where.includes('false') ? [] : [branch(selection, segment, index, where, page)]
  })
  // walked backward, the segments come in the opposite order too
  const walk = `${page.backward ? 'segment DESC' : 'segment'}, place`
  const rows =
    branches.length === 0
      ? `'[]'::jsonb`
      : `(SELECT coalesce(jsonb_agg(item ORDER BY ${walk}), '[]'::jsonb) FROM (
          SELECT * FROM (${branches.join(' UNION ALL ')}) AS branches ORDER BY ${walk} LIMIT ${page.limit + 1}) AS walked)`
  return {
    sql: `jsonb_build_array(${rows}, ${around('after', selection, order, page.after)}, ${around('before', selection, order, page.before)})`,
    values,
  }
}

/** Puts what {@link pageQuestion} was answered into the list's own order. */
export function readPageAnswer(answer: unknown, page: Page): PageAnswer {
  const [walked, earlier, later] = answer as [Position[], boolean, boolean]
  const items = walked.slice(0, page.limit)
  return { items: page.backward ? items.toReversed() : items, more: walked.length > page.limit, earlier, later }
}

export function countQuestion(selection: Selection): Question {
  return { sql: `to_jsonb((SELECT count(*) ${fromWhere(selection, [])}))`, values: selection.values }
}

function branch(selection: Selection, segment: Segment, index: number, where: readonly string[], page: Page): string {
  const columns = page.backward ? segment.columns.map(flipped) : segment.columns
  const order = columns.map(({ sql, descending }) => (descending ? `${sql} DESC` : sql)).join(', ')
  const item = [String(index), ...segment.columns.map(outside)].join(', ')
  return `(SELECT ${index} AS segment, row_number() OVER (ORDER BY ${order}) AS place, jsonb_build_array(${item}) AS item
    ${fromWhere(selection, [...(segment.where === undefined ? [] : [segment.where]), ...where])}
    ORDER BY ${order} LIMIT ${page.limit + 1})`
}

/** Whether the list holds a row on the far side of a bound, the bound's own row included. */
function around(bound: 'after' | 'before', selection: Selection, order: Order, position: Position | null): string {
  if (position === null) return 'false'
  const opposite = bound === 'after' ? 'before' : 'after'
  const branches = order.segments.flatMap((segment, index) => {
    const where = beyond(opposite, order, index, position, true, bound)
    if (where.includes('false')) return []
    const conditions = [...(segment.where === undefined ? [] : [segment.where]), ...where]
    return [`EXISTS (SELECT ${fromWhere(selection, conditions)})`]
  })
  return `(${branches.join(' OR ')})`
}

/** Conditions that a row of one segment lies after, or before, a position. */
function beyond(
  side: 'after' | 'before',
  order: Order,
  index: number,
  position: Position | null,
  inclusive: boolean,
  name: string = side,
): string[] {
  if (position === null) return []
  const [segment] = position
  if (index !== segment) return index > segment === (side === 'after') ? [] : ['false']
  const columns = order.segments[index]?.columns ?? []
  const alternatives = columns.map((column, i) =>
    [
      ...columns.slice(0, i).map((each, j) => `${each.sql} = q.${name}${j}`),
      `${column.sql} ${beyondSign(column, side)} q.${name}${i}`,
    ].join(' AND '),
  )
  if (inclusive) alternatives.push(columns.map((each, i) => `${each.sql} = q.${name}${i}`).join(' AND '))
  const [leading] = columns
  // the first condition alone bounds the scan of an index; the second is exact
  const bound =
    leading === undefined || columns.length === 1 ? [] : [`${leading.sql} ${beyondSign(leading, side)}= q.${name}0`]
  return [...bound, `(${alternatives.map((each) => `(${each})`).join(' OR ')})`]
}

function beyondSign(column: SortColumn, side: 'after' | 'before'): '>' | '<' {
  return (side === 'after') === column.descending ? '<' : '>'
}

function bounds(name: string, order: Order, position: Position | null): Record<string, SqlValue> {
  if (position === null) return {}
  const [segment, ...key] = position
  const columns = order.segments[segment]?.columns ?? []
  return Object.fromEntries(
    columns.flatMap(({ type }, i) => {
      const value = key[i]
      return value === undefined ? [] : [[`${name}${i}`, { type, value }]]
    }),
  )
}

function fromWhere(selection: Selection, more: readonly string[]): string {
  const where = [...selection.where, ...more]
  return `FROM ${selection.from}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`
}

function outside({ sql, type }: SortColumn): string {
  return type === 'timestamptz' ? `(extract(epoch FROM ${sql}) * 1000)::int8` : sql
}
