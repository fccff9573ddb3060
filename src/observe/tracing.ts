import type { RequestObserver } from '../catalog/index.ts'
import type { RequestEvent } from './request.ts'

/** Traces requests in a system of its own, such as OpenTelemetry. */
export interface Tracing {
  /** A request begins. @param headers of HTTP, which may say of which trace it is a part */
  begin(headers: Readonly<Record<string, string | string[] | undefined>>): RequestSpan
  /** Hands over what it still holds, if somebody takes it. Never rejects. */
  stop(): Promise<void>
}

/** The span of one request. */
export interface RequestSpan extends RequestObserver {
  /** As the next one in the chain is told of it. */
  readonly traceparent: string
  end(request: RequestEvent): void
}
