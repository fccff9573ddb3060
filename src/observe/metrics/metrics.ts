import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Happening, HappeningListener } from '../feed.ts'
import { backendMetrics } from './backends.ts'
import { entryMetrics } from './entries.ts'
import { evictionMetrics } from './evictions.ts'
import { byType } from './handlers.ts'
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

// counting many at once costs a third of counting each in the middle of its request
const mostWaiting = 256

/** Counts what happens, for Prometheus. docs/reference/metrics.md lists every metric. */
export function createMetrics(): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const parts = [requestMetrics, entryMetrics, evictionMetrics, backendMetrics, sampleMetrics]
  const handlers = byType(parts.map((part) => part(register)))
  let waiting: Happening[] = []
  const countAll = (): void => {
    const counted = waiting
    waiting = []
    for (const happening of counted) handlers.get(happening.type)?.(happening as never)
  }
  return {
    count(happening) {
      if (handlers.has(happening.type) && waiting.push(happening) >= mostWaiting) countAll()
    },
    text() {
      countAll()
      return register.metrics()
    },
    contentType: register.contentType,
  }
}
