import { unwrapResolverError } from '@apollo/server/errors'
import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { DeadlineError, NotHeldError, UnknownOutcomeError } from '../catalog/index.ts'
import { limitMark } from './limits.ts'
import { DatabaseTimeoutError, DatabaseUnavailableError } from '../database/errors.ts'

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
const tooManyTokens = /^Syntax Error: Document contains more th\w+ \d+ tokens/
const wrongPersistedQuery = /^(provided sha does not match query|Unsupported persisted query version)$/

const expected = [DatabaseUnavailableError, DatabaseTimeoutError, UnknownOutcomeError, NotHeldError, DeadlineError]

/** How an error is shown to clients: with a stable code, and without what is nobody's business. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  if (cause instanceof DatabaseUnavailableError) {
    return shown(formatted, 'The database cannot be reached at the moment: try again shortly', 'UNAVAILABLE')
  }
  if (cause instanceof UnknownOutcomeError) {
    const message = 'The database broke off while it committed: read again to see whether the change was made'
    return shown(formatted, message, 'UNAVAILABLE')
  }
  if (cause instanceof NotHeldError) {
    return shown(formatted, 'The cache cannot be told of the change, so nothing was changed: try again', 'UNAVAILABLE')
  }
  if (cause instanceof DeadlineError) {
    return shown(formatted, 'The request took too long: try again, or ask for less', 'TIMEOUT')
  }
  if (cause instanceof DatabaseTimeoutError) {
    return shown(formatted, 'The database took too long to answer: try again, or ask for less', 'TIMEOUT')
  }
  const { code, validationErrorCode, [limitMark]: isLimit } = formatted.extensions ?? {}
  if (isLimit === true || validationErrorCode !== undefined || tooManyTokens.test(formatted.message)) {
    return shown(formatted, formatted.message.replace('Syntax Error: ', ''), 'QUERY_TOO_COMPLEX')
  }
  if (wrongPersistedQuery.test(formatted.message)) return shown(formatted, formatted.message, 'BAD_USER_INPUT')
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return shown(formatted, formatted.message, code)
  return shown(formatted, 'Something went wrong on our side; it has been logged', 'INTERNAL_SERVER_ERROR')
}

/** Whether an error is a fault of this program, which whoever runs it wants to hear about. */
export function isInternal(error: GraphQLError): boolean {
  const cause = unwrapResolverError(error)
  if (expected.some((each) => cause instanceof each)) return false
  const code = error.extensions['code'] ?? 'INTERNAL_SERVER_ERROR'
  return code === 'INTERNAL_SERVER_ERROR'
}

function shown({ path, locations }: GraphQLFormattedError, message: string, code: string): GraphQLFormattedError {
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code },
  }
}
