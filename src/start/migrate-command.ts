import { runCommand } from './command.ts'

const usage = `Applies the migrations that the database lacks.

  npm run migrate`

await runCommand(
  usage,
  ({ applied, print }) => {
    print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
    return Promise.resolve()
  },
  { override: { LARDER_MIGRATE: 'on' } },
)
