import {
  observers,
  Reader,
  type Catalog,
  type CatalogContext,
  type Transaction,
  type RequestObserver,
  type Viewer,
} from '../catalog/index.ts'
import { tellStatements } from '../database/statements.ts'
import type { Dependencies } from '../cache/index.ts'
import type { RequestSpan, RequestTally } from '../observe/index.ts'
import type { Parts } from './parts/part.ts'
import { Trace } from './trace/trace.ts'

/** What is known of a request before its operation is. */
export interface Context extends CatalogContext {
  /** What the request did to the cache; null where nobody asked, or the viewer may not know. */
  readonly trace: Trace | null
  /** PENDING once a write was answered before it was certain that nobody is served what it replaced. */
  readonly propagation: 'DONE' | 'PENDING'
  /** When the request began, on the clock of performance.now(); null where each read is to be watched. */
  readonly begunAt: number | null
  /** Where it is executed in parts. */
  parts: Parts | null
  /** What the request is called in the log. */
  readonly requestId: string
  /** What the request comes to. */
  readonly tally: RequestTally
  /** All has been read: tells what was. */
  finish(): void
}

/** What is the same for all requests. */
export interface ContextOptions {
  readonly catalog: Catalog
  /** The currency of price filters that name none. */
  readonly currency: string
  /** How long a request may go on reading, in ms. */
  readonly deadlineMs: number
}

/** What the transport knows of a request. */
export interface RequestFacts {
  readonly viewer: Viewer
  /** Scheme and host that the client used. */
  readonly origin: string
  /** Whether the client asked to have its answer explained. */
  readonly wantsTrace: boolean
  /** What the request is called in the log. */
  readonly requestId: string
  readonly tally: RequestTally
  /** When the request began, as Reader has it. */
  readonly begunAt: number
  /** Records what the answer is built from; null where it is not going to be kept. */
  readonly dependencies: Dependencies | null
  /** The span of the request, where it is traced. */
  readonly span: RequestSpan | null
}

export function createContext(options: ContextOptions, facts: RequestFacts): Context {
  return new RequestContext(options, facts)
}

/** Apollo works on a copy of the context that it is given, so whatever changes is reached through `this`. */
class RequestContext implements Context {
  readonly viewer: Viewer
  readonly origin: string
  readonly currency: string
  readonly kinds: Catalog['kinds']
  readonly trace: Trace | null
  readonly begunAt: number | null
  parts: Parts | null = null
  propagation: 'DONE' | 'PENDING' = 'DONE'
  reader: Reader
  readonly requestId: string
  readonly tally: RequestTally
  private readonly observer: RequestObserver
  private readonly catalog: Catalog
  private readonly deadlineMs: number
  private readonly dependencies: Dependencies | null

  constructor({ catalog, currency, deadlineMs }: ContextOptions, facts: RequestFacts) {
    const { viewer, origin, wantsTrace, requestId, tally, span } = facts
    this.catalog = catalog
    this.currency = currency
    this.deadlineMs = deadlineMs
    this.dependencies = facts.dependencies
    this.requestId = requestId
    this.tally = tally
    this.viewer = viewer
    this.origin = origin
    this.kinds = catalog.kinds
    this.trace = wantsTrace && viewer.scopes.has('catalog:trace') ? new Trace(catalog.store) : null
    this.observer = observers([tally, ...(this.trace === null ? [] : [this.trace]), ...(span === null ? [] : [span])])
    const isWatched = this.trace !== null || span !== null
    this.begunAt = isWatched ? null : facts.begunAt
    this.reader = this.newReader(this.begunAt)
  }

  finish(): void {
    this.reader.tell()
  }

  async write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const { tell, statement, done } = this.observer.write()
    try {
      const write = () => this.catalog.write(work, tell)
      const { result, propagation } = await (statement === undefined ? write() : tellStatements(statement, write))
      if (propagation === 'PENDING') this.propagation = propagation
      return result
    } finally {
      done?.()
      this.reader.tell()
      this.reader = this.newReader(this.begunAt === null ? null : performance.now())
    }
  }

  private newReader(begunAt: number | null): Reader {
    const { observer, dependencies, deadlineMs } = this
    return new Reader({ observer, deadline: performance.now() + deadlineMs, dependencies, begunAt })
  }
}
