import type { FastifyInstance } from 'fastify'

/** Answers what the framework refuses in the form that GraphQL clients know: `errors` with a stable code. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error, requestId: request.id }, 'a request failed')
    return reply.code(status).send(errorBody(codeOf(status), messageOf(status, error)))
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(
        errorBody(
          'NOT_FOUND',
          `There is nothing at ${request.method} ${request.url.split('?')[0]}: the API is POST /graphql`,
        ),
      ),
  )
}

/** An answer that consists of one error. */
export function errorBody(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] }
}

function codeOf(status: number): string {
  if (status === 413) return 'REQUEST_TOO_LARGE'
  if (status === 429) return 'RATE_LIMITED'
  return status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST'
}

function messageOf(status: number, error: Error): string {
  if (status === 413) return 'The request is larger than this server takes: send less at once'
  if (status === 415) return 'Send the request as application/json'
  return status >= 500 ? 'Something went wrong on our side; it has been logged' : error.message
}
