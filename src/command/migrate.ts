import { runCommand } from './command.ts'

const usage = `Applies the migrations that the database lacks.

  npm run migrate`

const strangers = process.argv.slice(2).filter((given) => given !== '--help' && given !== '-h')
if (strangers.length > 0) {
  // before the database is touched: somebody may have expected to be only told what would be done
  console.error(`npm run migrate takes no arguments, but received ${strangers.join(' ')}.\n\n${usage}`)
  process.exitCode = 1
} else {
  await runCommand(
    usage,
    ({ applied, print }) => {
      print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
      return Promise.resolve()
    },
    { override: { LARDER_MIGRATE: 'on' } },
  )
}
