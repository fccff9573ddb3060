import type { Cache } from '../cache/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { Config } from '../config.ts'
import { createInspector, startConsole, type SharedLog } from '../console/index.ts'
import type { AppOptions } from '../http/app.ts'
import { consoleRoutes } from '../http/console/routes.ts'
import type { Identify } from '../auth/tokens.ts'
import type { Feed } from '../observe/index.ts'

interface Watched {
  readonly config: Config
  readonly identify: Identify
  readonly feed: Feed
  readonly cache: Cache
  readonly catalog: Catalog
  readonly shared: SharedLog | undefined
}

interface ServedConsole {
  readonly routes: NonNullable<AppOptions['routes']>
  stop(): void
}

/** The console, where the configuration wants it: otherwise nothing is recorded for it, and nothing served. */
export function serveConsole({ config, identify, feed, cache, catalog, shared }: Watched): ServedConsole {
  if (config.LARDER_CONSOLE === 'off') return { routes: [], stop: () => {} }
  const console = startConsole({ feed, cache, shared })
  const inspector = createInspector(cache, catalog)
  const secure = config.NODE_ENV === 'production'
  return { routes: [consoleRoutes({ console, inspector, identify, secure })], stop: () => console.close() }
}
