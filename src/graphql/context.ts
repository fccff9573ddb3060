import { Reader, type Catalog, type CatalogContext, type Viewer } from '../catalog/index.ts'
import { Trace } from './trace.ts'

/** What is known of a request before its operation is. */
export interface Context extends CatalogContext {
  /** What the request did to the cache; null where nobody asked, or the viewer may not know. */
  readonly trace: Trace | null
  /** PENDING once a write was answered before it was certain that nobody is served what it replaced. */
  readonly propagation: 'DONE' | 'PENDING'
}

/** What the transport knows of a request. */
export interface RequestFacts {
  readonly viewer: Viewer
  /** Scheme and host that the client used. */
  readonly origin: string
  /** Whether the client asked to have its answer explained. */
  readonly wantsTrace: boolean
}

export function createContext(catalog: Catalog, currency: string, facts: RequestFacts): Context {
  const { viewer, origin } = facts
  const trace = facts.wantsTrace && viewer.scopes.has('catalog:trace') ? new Trace() : null
  const context: { -readonly [Member in keyof Context]: Context[Member] } = {
    viewer,
    origin,
    currency,
    trace,
    propagation: 'DONE',
    kinds: catalog.kinds,
    reader: new Reader(trace?.observe),
    async write(work) {
      try {
        const { result, propagation } = await catalog.write(work, trace?.observe)
        if (propagation === 'PENDING') context.propagation = 'PENDING'
        return result
      } finally {
        context.reader = new Reader(trace?.observe)
      }
    },
  }
  return context
}
