/** Puts rows into the order of the ids they were asked for, null where there is none: the form every load answers in. */
export function inOrder<Id, Row, Value>(
  ids: readonly Id[],
  rows: readonly Row[],
  idOf: (row: Row) => Id,
  valueOf: (row: Row) => Value,
): (Value | null)[] {
  const values = new Map(rows.map((row) => [idOf(row), valueOf(row)]))
  return ids.map((id) => values.get(id) ?? null)
}

/** Gathers the rows that belong to each of the ids, in the order the rows came. */
export function grouped<Id, Row, Value>(
  ids: readonly Id[],
  rows: readonly Row[],
  idOf: (row: Row) => Id,
  valueOf: (row: Row) => Value,
): Value[][] {
  const groups = new Map<Id, Value[]>(ids.map((id) => [id, []]))
  for (const row of rows) groups.get(idOf(row))?.push(valueOf(row))
  return ids.map((id) => groups.get(id) ?? [])
}
