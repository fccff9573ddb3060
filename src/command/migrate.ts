import { StartError } from '../start-error.ts'
import { runCommand } from './command.ts'

const usage = `Applies the migrations that the database lacks.

  npm run migrate`

await runCommand(
  usage,
  ({ applied, print }) => {
    print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
    // nothing that a server has cached
    return Promise.resolve(false)
  },
  { check: refuseArguments, override: { LARDER_MIGRATE: 'on' } },
)

/** Whoever gives some may expect to be only told what would be done. */
function refuseArguments(): void {
  const given = process.argv.slice(2).join(' ')
  if (given !== '') throw new StartError(`npm run migrate takes no arguments, but received ${given}.\n\n${usage}`)
}
