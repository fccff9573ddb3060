import type { ApolloServerPlugin } from '@apollo/server'
import type { Context } from '../context.ts'
import { isInternal } from '../errors.ts'

/** Tells of every error that is a fault of this program. */
export function logErrors(log: (error: unknown, requestId: string) => void): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) if (isInternal(error)) log(error.originalError ?? error, contextValue.requestId)
          return Promise.resolve()
        },
      }),
  }
}
