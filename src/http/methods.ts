import type { FastifyInstance } from 'fastify'
import { errorBody } from './errors.ts'

const allowed = 'GET, HEAD, POST, OPTIONS'

/** Answers what is asked of /graphql by other methods than GET and POST: which ones there are. */
export function refuseOtherMethods(app: FastifyInstance): void {
  // of a page on another site it has been answered by now
  app.options('/graphql', (_request, reply) => reply.code(204).header('allow', allowed).send())
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: ({ method }, reply) =>
      reply
        .code(405)
        .header('allow', allowed)
        .send(errorBody('BAD_REQUEST', `Send the request by POST or GET, but received ${method}`)),
  })
}
