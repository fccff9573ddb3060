import { createCache, memoryStore } from '../src/cache/index.ts'
import { createCatalog } from '../src/catalog/index.ts'
import { readConfig } from '../src/config.ts'
import { connect } from '../src/database/client.ts'
import { connectWriter } from '../src/database/writer.ts'
import { createApp } from '../src/http/app.ts'
import { createLog } from '../src/http/log.ts'
import { appOptions } from '../src/start/app-options.ts'
import { listen } from '../src/start/listen.ts'

// Larder as it is, but for a cache that is never trusted: every read goes to the database

const config = readConfig(process.env)
const url = config.DATABASE_URL ?? ''
const cache = createCache({ store: memoryStore(), prefix: config.LARDER_CACHE_PREFIX })
await cache.trust(false)
const catalog = createCatalog({
  cache,
  instance: 'uncached',
  database: connect({ url, poolSize: config.LARDER_POOL_SIZE }),
  writer: connectWriter({ url, poolSize: config.LARDER_WRITE_POOL_SIZE }),
})
const app = await createApp({
  ...appOptions(config),
  log: createLog({ level: config.LOG_LEVEL }),
  catalog,
  registered: null,
  health: { database: () => Promise.resolve({ ok: true }), cache: () => ({ ok: true }) },
})
await listen(app, config.HOST, config.PORT, 'PORT')
