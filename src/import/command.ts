import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runCommand, type CommandTools } from '../command/command.ts'
import { StartError } from '../start-error.ts'
import { importLines } from './import.ts'
import { readLines } from './lines.ts'
import type { Outcome } from './plan.ts'

const usage = `Puts categories, products and reviews from JSON Lines into the catalog; docs/guides/importing.md has the format.

  npm run import -- [--strict] FILE...

  FILE      plain or gzipped; - or none reads the standard input
  --strict  change nothing at all where a single line is rejected`

await runCommand(usage, async ({ client, progress, print }: CommandTools) => {
  const { files, strict } = readArguments()
  const bytes = files.includes('-') ? 0 : files.reduce((sum, file) => sum + sizeOf(file), 0)
  const bar = bytes === 0 ? undefined : progress('bytes', bytes)
  let read = 0
  const lines = readLines(files, (length) => bar?.update((read += length)))
  const summary = await importLines(client, lines, { strict, onOutcome: report }).finally(() => bar?.stop())
  if (strict && summary.rejected > 0) {
    print('Nothing was changed, because lines were rejected and --strict is set.')
    process.exitCode = 1
  }
  const { created, updated, unchanged, rejected } = summary
  print(`created ${created}, updated ${updated}, unchanged ${unchanged}, rejected ${rejected}`)
  return created + updated > 0
})

function readArguments(): { files: string[]; strict: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: { strict: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    return { files: positionals.length === 0 ? ['-'] : positionals, strict: values.strict }
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function report({ place, faults, notes }: Outcome): void {
  // where a progress bar stands in the line, it gives way and comes back with its next step
  const start = process.stderr.isTTY ? '\r\u001B[K' : ''
  for (const { field, reason } of faults) console.error(`${start}${place}: ${field}: ${reason}`)
  for (const { field, reason } of notes) console.error(`${start}${place}: note: ${field}: ${reason}`)
}
