import { readConfig } from '../../src/config.ts'
import { appOptions } from '../../src/start/app-options.ts'
import { serveConsole } from '../../src/start/console.ts'
import { startApi, type TestApi } from './api.ts'

/** The API with its console, where the environment wants one. */
export function startWithConsole(url: string, environment: Record<string, string> = {}): Promise<TestApi> {
  const config = readConfig(environment)
  const { identify } = appOptions(config)
  return startApi({
    url,
    environment,
    deliveryTimeoutMs: 100,
    routes: (made) => {
      const served = serveConsole({ config, identify, ...made, shared: undefined })
      return [
        ...served.routes,
        async (app) => {
          app.addHook('onClose', () => Promise.resolve(served.stop()))
          await Promise.resolve()
        },
      ]
    },
  })
}
