import { unwrapResolverError } from '@apollo/server/errors'
import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { DeadlineError, NotHeldError } from '../catalog/index.ts'
import { limitMark } from './limits.ts'
import { DatabaseTimeoutError, DatabaseUnavailableError } from '../database/errors.ts'
import { CommitUnknownError } from '../database/writer.ts'

/** The HTTP status of an answer that consists of nothing but an error with this code. */
export const statusOfCode: Readonly<Record<string, number>> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_USER_INPUT: 400,
  OPERATION_NOT_REGISTERED: 400,
  QUERY_TOO_COMPLEX: 400,
  BAD_REQUEST: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  REQUEST_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  TIMEOUT: 503,
  INTERNAL_SERVER_ERROR: 500,
}

// Apollo and GraphQL.js tell these by their words alone
const tooManyComparisons = /^Validation aborted\.$/
const tooManyTokens = /^Syntax Error: Document contains more th\w+ \d+ tokens/
const wrongPersistedQuery = /^(provided sha does not match query|Unsupported persisted query version)$/

type ErrorClass = abstract new (...given: never[]) => Error

/** What goes wrong now and then and is no fault of this program: the code of each, and what a client can do. */
const expected: readonly (readonly [ErrorClass, code: string, message: string])[] = [
  [DatabaseUnavailableError, 'UNAVAILABLE', 'The database cannot be reached at the moment: try again shortly'],
  [
    CommitUnknownError,
    'UNAVAILABLE',
    'The database broke off while it committed: read again to see whether the change was made',
  ],
  [NotHeldError, 'UNAVAILABLE', 'The cache cannot be told of the change, so nothing was changed: try again'],
  [DeadlineError, 'TIMEOUT', 'The request took too long: try again, or ask for less'],
  [DatabaseTimeoutError, 'TIMEOUT', 'The database took too long to answer: try again, or ask for less'],
]

/** How an error is shown to clients: with a stable code, and without what is nobody's business. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  for (const [each, code, message] of expected) if (cause instanceof each) return shown(formatted, message, code)
  const { code, validationErrorCode, [limitMark]: isLimit } = formatted.extensions ?? {}
  if (tooManyComparisons.test(formatted.message)) {
    const message = 'The operation selects the same fields too many times. Ask for less at once.'
    return shown(formatted, message, 'QUERY_TOO_COMPLEX')
  }
  if (isLimit === true || validationErrorCode !== undefined || tooManyTokens.test(formatted.message)) {
    return shown(formatted, formatted.message.replace('Syntax Error: ', ''), 'QUERY_TOO_COMPLEX')
  }
  if (wrongPersistedQuery.test(formatted.message)) return shown(formatted, formatted.message, 'BAD_USER_INPUT')
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return shown(formatted, formatted.message, code)
  return shown(formatted, 'Something went wrong on our side; it has been logged', 'INTERNAL_SERVER_ERROR')
}

/** Whether an error is a fault of this program, which whoever runs it wants to hear about. */
export function isInternal(error: GraphQLError): boolean {
  return formatError(error.toJSON(), error).extensions?.['code'] === 'INTERNAL_SERVER_ERROR'
}

function shown({ path, locations }: GraphQLFormattedError, message: string, code: string): GraphQLFormattedError {
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code },
  }
}
