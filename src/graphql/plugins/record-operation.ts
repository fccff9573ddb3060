import type { ApolloServerPlugin } from '@apollo/server'
import type { OperationNames, OperationType } from '../../observe/index.ts'
import type { Context } from '../context.ts'

const longestName = 100

/** Records which operation was run, and how it ended. */
export function recordOperation(names: OperationNames): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ response, contextValue, operation, operationName }) {
          const { tally } = contextValue
          contextValue.finish()
          if (response.body.kind !== 'single') return Promise.resolve()
          const { data, errors } = response.body.singleResult
          const code = errors?.[0]?.extensions?.['code']
          tally.code = typeof code === 'string' ? code : null
          if (data === undefined || operation === undefined) return Promise.resolve()
          tally.run = {
            operation: names.labelOf(operationName ?? null),
            operationName: operationName?.slice(0, longestName) ?? null,
            operationType: operation.operation as OperationType,
          }
          return Promise.resolve()
        },
      }),
  }
}
