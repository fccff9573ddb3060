import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type pg from 'pg'

/** An SQL statement was answered. */
export interface StatementEvent {
  readonly type: 'statement'
  readonly pool: 'read' | 'write'
  /** Its text, without the values of its parameters. */
  readonly sql: string
  /** From its sending to its answer, in ms. */
  readonly ms: number
  readonly failed: boolean
}

export type StatementListener = (event: StatementEvent) => void

const listening = new AsyncLocalStorage<StatementListener>()
let underWay = 0

/** Runs the work, and tells of each SQL statement that it sends. */
export async function tellStatements<Result>(tell: StatementListener, work: () => Promise<Result>): Promise<Result> {
  underWay += 1
  try {
    return await listening.run(tell, work)
  } finally {
    underWay -= 1
    // in Node 20 whatever is kept for asynchronous work makes every promise of the process dearer, by a sixth where it
    // writes: nobody is to pay for that once it has been of use
    if (underWay === 0) listening.disable()
  }
}

type Callback = (error: unknown, result: unknown) => void

/** Tells the listener, and whoever listens to the work that sent it, of every statement on a connection. */
export function hearStatements(
  client: pg.ClientBase,
  pool: StatementEvent['pool'],
  listener: (event: StatementEvent, error: unknown) => void,
): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  client.query = ((...given: unknown[]) => {
    const heard = listening.getStore()
    const begun = performance.now()
    const tell = (error: unknown): void => {
      const ms = performance.now() - begun
      const event = { type: 'statement', pool, sql: textOf(given[0]), ms, failed: Boolean(error) } as const
      listener(event, error)
      heard?.(event)
    }
    const callback = given.at(-1)
    if (typeof callback === 'function') {
      const told: Callback = (error, result) => {
        tell(error)
        ;(callback as Callback)(error, result)
      }
      return query(...given.slice(0, -1), told)
    }
    const sent = query(...given)
    if (sent instanceof Promise) sent.then(() => tell(null), tell)
    return sent
  }) as typeof client.query
}

/** A statement that had to wait for a connection is called back by whoever gave it free: it is still its own sender's. */
export function keepListeners(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: (...given: unknown[]) => void) => unknown
  pool.connect = ((callback?: (...given: unknown[]) => void) =>
    connect(callback && listening.getStore() ? AsyncResource.bind(callback) : callback)) as typeof pool.connect
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : ''
}
