import { loadEnvFile, readConfig } from './config.ts'
import { StartError } from './start-error.ts'
import { stopOnSignals } from './start/signals.ts'
import { startLarder } from './start/start.ts'

try {
  loadEnvFile()
  const starting = startLarder(readConfig(process.env), (line) => console.log(line))
  // also while it is still starting: what was started by then is stopped
  stopOnSignals(
    async () => (await starting).stop(),
    (what) => console.error(what),
  )
  await starting
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
