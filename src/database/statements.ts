import { AsyncLocalStorage } from 'node:async_hooks'

const listening = new AsyncLocalStorage<() => void>()

/** Runs the work, and tells of each SQL statement that it sends. */
export function tellStatements<Result>(tell: () => void, work: () => Promise<Result>): Promise<Result> {
  return listening.run(tell, work)
}

/** A statement is being sent. */
export function statementSent(): void {
  listening.getStore()?.()
}
