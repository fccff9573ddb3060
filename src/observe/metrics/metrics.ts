import { collectDefaultMetrics, Registry } from 'prom-client'
import type { HappeningListener } from '../feed.ts'
import { backendMetrics } from './backends.ts'
import { entryMetrics } from './entries.ts'
import { evictionMetrics } from './evictions.ts'
import { dispatch } from './handlers.ts'
import { requestMetrics } from './requests.ts'
import { sampleMetrics } from './samples.ts'

/** What has been counted since the start. */
export interface Metrics {
  /** Takes in what happens: to be subscribed to a feed. */
  readonly count: HappeningListener
  /** Everything, in the text format of Prometheus. */
  text(): Promise<string>
  /** The content type of that text. */
  readonly contentType: string
}

/** Counts what happens, for Prometheus. docs/metrics.md lists every metric. */
export function createMetrics(): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const parts = [requestMetrics, entryMetrics, evictionMetrics, backendMetrics, sampleMetrics]
  return {
    count: dispatch(parts.map((part) => part(register))),
    text: () => register.metrics(),
    contentType: register.contentType,
  }
}
