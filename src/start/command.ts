import { Presets, SingleBar } from 'cli-progress'
import pg from 'pg'
import { loadEnvFile, readConfig, type Config } from '../config.ts'
import { databaseError, DatabaseUnavailableError } from '../database/errors.ts'
import { waitForDelivery } from '../database/outbox.ts'
import { StartError } from '../start-error.ts'
import { openDatabase } from './database.ts'

/** What a command that changes the catalog works with. */
export interface CommandTools {
  readonly client: pg.Client
  /** The names of migrations that were applied just now. */
  readonly applied: readonly string[]
  /** Shows how far it is, where somebody looks. */
  readonly progress: (unit: string, total: number) => ProgressBar
  readonly print: (line: string) => void
}

export interface ProgressBar {
  update(done: number): void
  stop(): void
}

const deliveryMs = 30_000

/**
 * Runs a command on the configured database, the embedded one included, beside a running server or alone, and waits until
 * a running server has taken the changes over. Failures that people can mend are told without a stack.
 */
export async function runCommand(
  usage: string,
  work: (tools: CommandTools) => Promise<void>,
  override: Partial<Config> = {},
): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(usage)
    return
  }
  try {
    loadEnvFile()
    const config = { ...readConfig(process.env), ...override }
    const database = await openDatabase(config, 'command', (line) => console.error(line))
    const client = new pg.Client({ connectionString: database.url, application_name: 'larder command' })
    try {
      await client.connect()
      await work({ client, applied: database.applied, progress, print: (line) => console.log(line) })
      await tellDelivery(client)
    } finally {
      await client.end()
      await database.stop()
    }
  } catch (error) {
    const known = error instanceof StartError ? error : databaseError(error)
    if (!(known instanceof StartError || known instanceof DatabaseUnavailableError)) throw error
    console.error(known.message)
    process.exitCode = 1
  }
}

async function tellDelivery(client: pg.Client): Promise<void> {
  const outcome = await waitForDelivery(client, deliveryMs)
  if (outcome === 'delivered') console.error('The running server shows the changes from now on.')
  if (outcome === 'timeout') {
    console.error(
      `The running server has not taken the changes over within ${deliveryMs / 1000} s; it will as soon as it can.`,
    )
  }
}

function progress(unit: string, total: number): ProgressBar {
  const bar = new SingleBar(
    {
      format: `  {bar} {percentage}%  {value} of {total} ${unit}  {eta_formatted} left`,
      stream: process.stderr,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
