import type { BatchObserver, RequestObserver, WriteListener, WriteObserver } from '../catalog/index.ts'

export type OperationType = 'query' | 'mutation' | 'none'

/** A request to /graphql was answered. */
export interface RequestEvent {
  readonly type: 'request'
  /** What the request is called in the log, and by the client. */
  readonly requestId: string
  /** What counts are kept under: however many names clients send, these are few. See OperationNames. */
  readonly operation: string
  /** What the client calls the operation, cut to 100 characters; null where it did not say, or nothing was run. */
  readonly operationName: string | null
  readonly operationType: OperationType
  /** Of HTTP. */
  readonly status: number
  /** The code of its first error; null without any. */
  readonly code: string | null
  readonly ms: number
  /** Entries served from the cache, and read from the database. */
  readonly hits: number
  readonly misses: number
  /** SQL statements that were sent to read for it; those of its writes are not among them. */
  readonly statements: number
}

/** Which operation was run, as RequestEvent has it. */
export type OperationRun = Pick<RequestEvent, 'operation' | 'operationName' | 'operationType'>

const none: OperationRun = { operation: 'none', operationName: null, operationType: 'none' }

/** What a request comes to, added up while it runs. */
export class RequestTally implements RequestObserver {
  run: OperationRun = none
  code: string | null = null
  hits = 0
  misses = 0
  statements = 0

  readonly #tell: WriteListener = (event) => {
    if (event.type === 'hit' || event.type === 'negative') this.hits += event.count
    else if (event.type === 'miss' || event.type === 'bypass') this.misses += event.count
    else if (event.type === 'load') this.statements += 1
  }

  // the same for all batches, so that what they share is told once
  readonly #observer: BatchObserver & WriteObserver = { tell: this.#tell }

  /** It was answered whole from the cache. */
  served(run: OperationRun): void {
    this.run = run
    this.hits = 1
  }

  batch(): BatchObserver {
    return this.#observer
  }

  write(): WriteObserver {
    return this.#observer
  }

  /** How it ended. @param ms how long it took */
  event(requestId: string, status: number, ms: number): RequestEvent {
    const { run, code, hits, misses, statements } = this
    return { type: 'request', requestId, ...run, status, code, ms, hits, misses, statements }
  }
}
