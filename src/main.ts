import { loadEnvFile, readConfig } from './config.ts'
import { StartError } from './start-error.ts'
import { stopOnSignals } from './start/signals.ts'
import { startLarder } from './start/start.ts'

try {
  loadEnvFile()
  const larder = await startLarder(readConfig(process.env), (line) => console.log(line))
  stopOnSignals(
    () => larder.stop(),
    (what) => console.error(what),
  )
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
