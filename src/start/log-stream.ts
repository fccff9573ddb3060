import type { Config } from '../config.ts'
import type { AppOptions } from '../http/app.ts'

/** Where the log goes in development: made readable, if what does so is installed. Nowhere else than usual otherwise. */
export async function readableLog({ NODE_ENV }: Config): Promise<AppOptions['log']['stream']> {
  if (NODE_ENV !== 'development') return undefined
  const pretty = await import('pino-pretty').catch(() => null)
  return pretty?.default({ singleLine: true, ignore: 'pid,hostname,reqId', sync: true })
}
