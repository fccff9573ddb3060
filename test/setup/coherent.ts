import type { Relay } from '../../src/database/relay.ts'
import { keepCoherent } from '../../src/start/coherence.ts'
import type { TestApi } from './api.ts'

/** Makes an API take part in keeping the cache coherent, as a running Larder does. @param url of its database */
export function coherent(api: TestApi, url: string, trustMs = 2000): Promise<Relay> {
  const { catalog, cache, instance, feed } = api
  return keepCoherent({ url, catalog, cache, instance, trustMs, warn: () => {}, tell: feed.tell })
}
