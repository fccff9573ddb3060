import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { SampleEvent } from './sample.ts'

type Measured = Omit<SampleEvent, 'type' | 'eventLoop'>

const everyMs = 2000
const resolutionMs = 10

/**
 * Tells every two seconds how things are. One sample at a time: where a dependency does not answer, the next one waits.
 * Returns what stops it.
 */
export function startSampling(measure: () => Promise<Measured>, tell: (sample: SampleEvent) => void): () => void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  let measuring = false
  const sample = async (): Promise<void> => {
    if (measuring) return
    measuring = true
    try {
      tell({ type: 'sample', ...(await measure()), eventLoop: lateness(delays) })
      delays.reset()
    } finally {
      measuring = false
    }
  }
  void sample()
  const timer = setInterval(() => void sample(), everyMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    delays.disable()
  }
}

/** What is measured is the time between two timers: how late the second one was. */
function lateness(delays: ReturnType<typeof monitorEventLoopDelay>): SampleEvent['eventLoop'] {
  const late = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(nanoseconds / 1e6 - resolutionMs, 0) : 0
  return { meanMs: late(delays.mean), p99Ms: late(delays.percentile(99)), maxMs: late(delays.max) }
}
