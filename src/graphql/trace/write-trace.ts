import type { Cause, EvictionEvent, WriteListener, WriteObserver } from '../../catalog/index.ts'
import { Bounded, most, rounded, shortSql, shortValue } from './bounds.ts'

/** Explains one write: its statements, and what was evicted for which changed row. */
export class WriteTrace implements WriteObserver {
  readonly #statements = new Bounded<{ sql: string; ms: number }>(most.statements)
  readonly #rows = new Bounded<object>(most.rows)
  readonly #countStatement: () => void
  readonly #begun = performance.now()
  #ms = 0
  #keys = 0
  #propagation = 'none'
  readonly tell: WriteListener

  constructor(tell: WriteListener, countStatement: () => void) {
    this.#countStatement = countStatement
    this.tell = (event) => {
      if (event.type === 'eviction') this.#take(event)
      else if (event.type === 'write') this.#propagation = event.propagation
      else tell(event)
    }
  }

  readonly statement: NonNullable<WriteObserver['statement']> = ({ sql, ms }) => {
    this.#countStatement()
    this.#statements.add({ sql: shortSql(sql), ms: rounded(ms) })
  }

  readonly done = (): void => {
    this.#ms = rounded(performance.now() - this.#begun)
  }

  report(): object {
    return {
      ms: this.#ms,
      propagation: this.#propagation,
      evicted: this.#keys,
      ...this.#rows.shown('because'),
      ...this.#statements.shown('sql'),
    }
  }

  #take({ causes, keys }: EvictionEvent): void {
    this.#keys += keys
    for (const cause of causes) this.#rows.add(shownCause(cause))
  }
}

const identifying = ['id', 'product_id', 'category_id']

/** A changed row: which one it is, the columns that differ, and the keys that it touches. */
function shownCause({ change: { entity, before, after }, keys }: Cause): object {
  const touched = new Bounded<string>(most.keys)
  for (const key of keys) touched.add(key)
  const row = after ?? before ?? {}
  const id = 'id' in row ? ['id'] : identifying.filter((name) => name in row)
  const columns = Object.keys({ ...before, ...after }).filter((name) => before?.[name] !== after?.[name])
  const differing = (side: typeof before): object | null =>
    side === null ? null : Object.fromEntries(columns.map((name) => [name, shortValue(side[name])]))
  return {
    entity,
    ...Object.fromEntries(id.map((name) => [name, row[name]])),
    before: differing(before),
    after: differing(after),
    ...touched.shown('keys'),
  }
}
