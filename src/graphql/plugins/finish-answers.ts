import type { ApolloServerPlugin } from '@apollo/server'
import type { GraphQLFormattedError } from 'graphql'
import type { Context } from '../context.ts'
import { statusOfCode } from '../errors.ts'

/**
 * Adds `extensions.larder`, and to an error that was masked the id under which the log has it. An answer without data gets
 * the HTTP status of its error, and says when to try again where that helps.
 * @param logPending is told of a write that was answered before it was certain that nobody is served what it replaced
 */
export function finishAnswers(logPending: (requestId: string) => void): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ response, contextValue }) {
          if (response.body.kind !== 'single') return Promise.resolve()
          const { singleResult } = response.body
          if (contextValue.propagation === 'PENDING') logPending(contextValue.requestId)
          const larder = {
            ...contextValue.trace?.report(),
            ...(contextValue.propagation === 'PENDING' ? { propagation: 'PENDING' } : {}),
          }
          if (Object.keys(larder).length > 0) singleResult.extensions = { ...singleResult.extensions, larder }
          singleResult.errors = singleResult.errors?.map((error) => withRequestId(error, contextValue.requestId))
          const code = singleResult.errors?.[0]?.extensions?.['code']
          const isPartial = singleResult.data !== null && singleResult.data !== undefined
          if (!isPartial && typeof code === 'string' && response.http.status === undefined) {
            response.http.status = statusOfCode[code]
            if (response.http.status === 503) response.http.headers.set('retry-after', '1')
          }
          return Promise.resolve()
        },
      }),
  }
}

/** What was masked is found in the log under this id. */
function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  if (error.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return error
  return { ...error, extensions: { ...error.extensions, requestId } }
}
