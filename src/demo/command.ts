import { StartError } from '../start-error.ts'
import { readArguments, type DemoArguments } from './arguments.ts'
import { requireLarder } from './client.ts'
import { runDemo } from './demo.ts'
import { createScreen } from './table.ts'

const usage = `Visits a running Larder as the customers of a shop do, so that there is something to see.

  npm run demo -- [--url http://127.0.0.1:4000] [--minutes 2] [--rate 150]

  --url URL        where it runs
  --minutes N      for how long, 60 at most
  --rate N         requests a second, 1000 at most
  --other-machine  lets --url name another machine

It changes stock, prices and reviews now and then, and takes each change back.`

await main()

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(usage)
    return
  }
  try {
    const demo = understood(process.argv.slice(2))
    await requireLarder(demo.url)
    const interrupt = new AbortController()
    process.once('SIGINT', () => interrupt.abort())
    process.once('SIGTERM', () => interrupt.abort())
    console.log(`\n  Watch it at ${demo.url}/console; Ctrl+C ends it.\n`)
    await runDemo(demo, createScreen(process.stdout), interrupt.signal)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

function understood(args: readonly string[]): DemoArguments {
  try {
    return readArguments(args)
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}
