import type { Config } from '../config.ts'
import type { AppOptions } from '../http/app.ts'
import { createMetricsApp, metricsRoutes } from '../http/metrics.ts'
import { createMetrics, type Feed } from '../observe/index.ts'
import { listen } from './listen.ts'

interface ServedMetrics {
  /** What is to be served beside the API. */
  readonly routes: NonNullable<AppOptions['routes']>
  /** Where they are, if on a port of their own. */
  readonly url: string | null
  stop(): Promise<void>
}

/** Counts what happens, and serves it beside the API or on a port of its own. @throws StartError */
export async function serveMetrics(config: Config, feed: Feed): Promise<ServedMetrics> {
  const metrics = createMetrics()
  feed.subscribe(metrics.count)
  const access = { metrics, token: config.METRICS_TOKEN ?? null }
  if (config.METRICS_PORT === undefined) {
    return { routes: [metricsRoutes({ ...access, open: false })], url: null, stop: () => Promise.resolve() }
  }
  const app = await createMetricsApp(access)
  const url = await listen(app, config.HOST, config.METRICS_PORT, 'METRICS_PORT')
  return { routes: [], url, stop: () => app.close() }
}
