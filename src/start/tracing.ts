import type { Config } from '../config.ts'
import type { Tracing } from '../observe/index.ts'
import { StartError } from '../start-error.ts'

/**
 * Traces requests where the configuration says so.
 * @throws StartError where the packages that do it are not installed
 */
export async function openTracing({ LARDER_TRACES }: Config): Promise<Tracing | undefined> {
  if (LARDER_TRACES === 'off') return undefined
  try {
    const { exportTraces } = await import('../tracing/tracing.ts')
    return exportTraces()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new StartError(
      'LARDER_TRACES is on, but the packages of OpenTelemetry are not installed: install without --omit=optional.',
      { cause: error },
    )
  }
}
