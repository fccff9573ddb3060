/** A changed row as the outbox reports it: columns by their names in the database, without the long ones. */
export interface Change {
  /** Of the row in the outbox that reports it, where it is known. */
  readonly id?: string
  /** The table; or `keys` where `after` names cache keys themselves. */
  readonly entity: string
  /** Null for a row that was created. */
  readonly before: Columns | null
  /** Null for a row that was deleted. Both null: any number of rows, the whole table may have changed. */
  readonly after: Columns | null
}

export type Columns = Readonly<Record<string, unknown>>

/** What changed rows do not say themselves: as it is now, and as it was before whatever is still to be delivered. */
export interface ChangeContext {
  /** Whether so much is still to be delivered that nobody knows where products were. */
  readonly isUnsure: boolean
  /** The categories that a product lies in. */
  categoriesOf(product: number): readonly number[]
  /** A category and everything above it. */
  pathOf(category: number): readonly number[]
}

/** The values that a column had or has, on the sides of the change that there are. */
export function valuesOf(change: Change, column: string): unknown[] {
  return [...new Set([change.before, change.after].flatMap((row) => (row === null ? [] : [row[column]])))]
}

/** The same for a column of ids. */
export function idsOf(change: Change, column: string): number[] {
  return valuesOf(change, column).filter((value) => typeof value === 'number')
}

/** Whether a column differs before and after; it does where the row was created or deleted. */
export function differs(change: Change, ...columns: readonly string[]): boolean {
  const { before, after } = change
  if (before === null || after === null) return true
  return columns.some((column) => before[column] !== after[column])
}

/** Whether any number of rows may have changed. */
export function isWholeTable(change: Change): boolean {
  return change.before === null && change.after === null
}

/** Whether somebody asked for an eviction, and nothing has changed. */
export function isByHand({ entity, after }: Change): boolean {
  return entity === 'keys' && after?.['by'] === 'hand'
}
