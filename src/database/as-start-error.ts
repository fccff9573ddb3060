import { StartError } from '../start-error.ts'
import { databaseError, DatabaseUnavailableError } from './errors.ts'
import { messageOf } from './with-client.ts'

/** An error which means that the database went away, as the person is told who started the program; any other as it is. */
export function asStartError(error: unknown): unknown {
  if (error instanceof StartError || !(databaseError(error) instanceof DatabaseUnavailableError)) return error
  return new StartError(
    `PostgreSQL cannot be reached: ${messageOf(error)}. Check that it runs and is the one of DATABASE_URL.`,
    { cause: error },
  )
}
