import type { Cache } from '../cache/index.ts'
import type { Config } from '../config.ts'
import type { OpenDatabase } from '../database/open.ts'

interface Started {
  readonly config: Config
  readonly url: string
  /** Where metrics are, if on a port of their own. */
  readonly metricsUrl: string | null
  readonly source: OpenDatabase
  readonly cache: Cache
  readonly products: number
}

const open =
  '  OPEN TO EVERYBODY: no tokens are asked for, so every request may change everything. Set LARDER_AUTH_SECRET to serve others.'

/** What a person wants to know right after the start; in production, where it goes to the log, in one line. */
export function banner({ config, url, metricsUrl, source, cache, products }: Started): string[] {
  const serves = `Larder serves ${products.toLocaleString('en')} products at ${url}/graphql`
  const store = cache.store.describe()
  const metrics = `${metricsUrl ?? url}/metrics`
  if (config.NODE_ENV === 'production') {
    return [`${serves}; database: ${source.description}, cache: ${store}, metrics: ${metrics}`]
  }
  const isOpen = config.LARDER_AUTH_SECRET === undefined && config.LARDER_AUTH_JWKS_URL === undefined
  const query = '{"query":"{ products(first: 3) { nodes { title } } }"}'
  return [
    '',
    `  ${serves}`,
    '',
    `  try it     ${url}`,
    `  Sandbox    ${url}/graphql in a browser`,
    `  database   ${source.description}`,
    `  cache      ${store}`,
    `  metrics    ${metrics}`,
    ...(config.LARDER_CONSOLE === 'on' ? [`  console    ${url}/console`] : []),
    ...(source.psql === null ? [] : [`  psql       ${source.psql}`]),
    ...(products > 0 ? [] : ['  empty      npm run seed -- --products 1000, or npm run import -- FILE']),
    `  a query    curl ${url}/graphql -H 'content-type: application/json' -d '${query}'`,
    ...(isOpen ? ['', open] : []),
    '',
  ]
}
