import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import type { RequestEvent } from '../observe/index.ts'

export interface LogOptions {
  readonly level: string
  /** Where lines go; to the standard output by default. */
  readonly stream?: { write(line: string): void } | undefined
}

/** The one log of a process. Nothing that a client sent is logged but its operation's name and what it calls the request. */
export function createLog({ level, stream }: LogOptions): FastifyBaseLogger {
  const options = { level, serializers: { err: withoutValues } }
  return stream === undefined ? pino(options) : pino(options, stream)
}

/** One line for each request; of what failed on our side, as a warning. */
export function logRequest(log: FastifyBaseLogger, request: RequestEvent): void {
  const { requestId, operationName, operationType, status, code, ms, hits, misses, statements } = request
  const fields = {
    requestId,
    operation: operationName,
    status,
    ...(code === null ? {} : { code }),
    ms: Math.round(ms * 100) / 100,
    hits,
    misses,
    statements,
  }
  const line = operationType === 'none' ? 'request' : operationType
  if (status >= 500) log.warn(fields, line)
  else log.info(fields, line)
}

interface SerializedError {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly [field: string]: unknown
}

/** Errors of the database carry the values that they are about in fields of their own. */
function withoutValues(error: Error & { readonly code?: unknown }): SerializedError {
  const { name, message, code, stack = '', cause } = error
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause instanceof Error ? { cause: withoutValues(cause) } : {}),
  }
}
