import pg from 'pg'
import { loadEnvFile, readConfig, type Config } from '../config.ts'
import { asStartError } from '../database/as-start-error.ts'
import { waitForDelivery, type WaitOutcome } from '../database/await-delivery.ts'
import { openDatabase } from '../database/open.ts'
import { queryableOn } from '../database/sql.ts'
import { StartError } from '../start-error.ts'
import { showProgress, type ProgressBar } from './progress.ts'

/** What a command that changes the catalog works with. */
export interface CommandTools {
  readonly client: pg.Client
  /** Where the database of the client is. */
  readonly url: string
  readonly config: Config
  /** The names of migrations that were applied just now. */
  readonly applied: readonly string[]
  /** Shows how far it is, where somebody looks. */
  readonly progress: (unit: string, total: number) => ProgressBar
  readonly print: (line: string) => void
}

export interface CommandOptions {
  /** Looks at the arguments before anything is touched. @throws StartError where they are not understood */
  readonly check?: () => void
  /** Configuration that goes before the environment's. */
  readonly override?: Partial<Config>
  /** What is said of how running servers took the changes over. */
  readonly delivery?: Partial<Record<WaitOutcome, string>>
}

const deliveryMs = 30_000

const standardDelivery: NonNullable<CommandOptions['delivery']> = {
  delivered: 'The running server shows the changes from now on.',
  timeout: `The running server has not taken the changes over within ${deliveryMs / 1000} s; it will as soon as it can.`,
}

/**
 * Runs a command on the configured database, the embedded one included, beside a running server or alone, and waits until
 * a running server has taken the changes over. Failures that people can mend are told without a stack.
 * @param work says whether there are any changes
 */
export async function runCommand(
  usage: string,
  work: (tools: CommandTools) => Promise<boolean>,
  { check = () => {}, override = {}, delivery = standardDelivery }: CommandOptions = {},
): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(usage)
    return
  }
  try {
    check()
    loadEnvFile()
    const config = { ...readConfig(process.env), ...override }
    const database = await openDatabase(config, 'command', (line) => console.error(line))
    const client = new pg.Client({ connectionString: database.directUrl, application_name: 'larder command' })
    // the next statement fails where the connection broke, and says so; unheard, the error would end the process here
    client.on('error', () => {})
    try {
      await client.connect()
      const isChanged = await work({
        client,
        url: database.url,
        config,
        applied: database.applied,
        progress: showProgress,
        print: (line) => console.log(line),
      })
      if (!isChanged) return
      const said = delivery[await waitForDelivery(queryableOn(client), deliveryMs)]
      if (said !== undefined) console.error(said)
    } finally {
      await client.end()
      await database.stop()
    }
  } catch (error) {
    const told = asStartError(error)
    if (!(told instanceof StartError)) throw error
    console.error(told.message)
    process.exitCode = 1
  }
}
