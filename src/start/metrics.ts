import type { Config } from '../config.ts'
import type { AppOptions } from '../http/app.ts'
import { createMetricsApp, metricsRoutes } from '../http/metrics.ts'
import { createMetrics, type Feed } from '../observe/index.ts'
import { listen } from './listen.ts'

interface ServedMetrics {
  /** What is to be served beside the API. */
  readonly routes: NonNullable<AppOptions['routes']>
  stop(): Promise<void>
}

/** Counts what happens, and serves it beside the API or on a port of its own. @throws StartError */
export async function serveMetrics(config: Config, feed: Feed): Promise<ServedMetrics> {
  const metrics = createMetrics()
  feed.subscribe(metrics.count)
  const access = { metrics, token: config.METRICS_TOKEN ?? null }
  if (config.METRICS_PORT === undefined) {
    return { routes: [metricsRoutes({ ...access, open: false })], stop: () => Promise.resolve() }
  }
  const app = await createMetricsApp(access)
  await listen(app, config.HOST, config.METRICS_PORT, 'METRICS_PORT')
  return { routes: [], stop: () => app.close() }
}
