import type { Config } from '../config.ts'
import { StartError } from '../start-error.ts'
import { openEmbedded } from './embedded.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { refuseOtherDatabase } from './same-database.ts'
import { placeOf } from './with-client.ts'

/** A database that is up to date. */
export interface OpenDatabase {
  readonly url: string
  /** The same past a pooler: for what needs a session of its own. */
  readonly directUrl: string
  /** For people. */
  readonly description: string
  /** A command line that opens it in psql; null where people know better themselves. */
  readonly psql: string | null
  /** The names of migrations that were applied just now. */
  readonly applied: readonly string[]
  stop(): Promise<void>
}

/**
 * The database that the configuration names, else the embedded one; migrated, or refused where it is behind and must not
 * be touched.
 */
export async function openDatabase(
  config: Config,
  role: 'api' | 'command',
  print: (line: string) => void,
): Promise<OpenDatabase> {
  const database = await reach(config, role, print)
  try {
    if (config.LARDER_MIGRATE === 'on') return { ...database, applied: await migrate(database.directUrl) }
    await refusePending(database.directUrl)
    return { ...database, applied: [] }
  } catch (error) {
    await database.stop()
    throw error
  }
}

async function reach(
  config: Config,
  role: 'api' | 'command',
  print: (line: string) => void,
): Promise<Omit<OpenDatabase, 'applied'>> {
  const { DATABASE_URL: url, LARDER_DIRECTORY: directory } = config
  if (url !== undefined) {
    const directUrl = config.LARDER_DIRECT_DATABASE_URL ?? url
    if (directUrl !== url) await refuseOtherDatabase(url, directUrl)
    return { url, directUrl, description: `PostgreSQL at ${placeOf(url)}`, psql: null, stop: () => Promise.resolve() }
  }
  const embedded = await openEmbedded(directory, { role, onProgress: print })
  return { ...embedded, directUrl: embedded.url, description: `embedded PostgreSQL in ${directory}` }
}

async function refusePending(url: string): Promise<void> {
  const pending = await pendingMigrations(url)
  if (pending.length > 0) {
    throw new StartError(
      `The database is behind this build: it lacks ${pending.join(', ')}. Run npm run migrate, or set LARDER_MIGRATE=on.`,
    )
  }
}
