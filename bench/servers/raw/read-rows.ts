import type { Kind, Load } from '../catalog/rows.ts'
import type { ReadAll } from './answers.ts'

/** Reads from the tables, with one statement for each kind. */
export function readRows(load: Load): ReadAll {
  return async (wanted) => {
    const kinds = [...new Set(wanted.map(([kind]) => kind))]
    const found = new Map(await Promise.all(kinds.map(async (kind) => [kind, await ofKind(kind)] as const)))
    return wanted.map(([kind]) => found.get(kind)?.shift() ?? null)

    function ofKind(kind: Kind): Promise<unknown[]> {
      return load(
        kind,
        wanted.filter(([each]) => each === kind).map(([, id]) => id),
      )
    }
  }
}
