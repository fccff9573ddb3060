import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import { readTypeDefs, resolvers } from '../catalog/index.ts'
import type { Context } from './context.ts'
import { formatError, isInternal, statusOfCode } from './errors.ts'

export interface GraphQLOptions {
  /** Open to developers: Sandbox, introspection. */
  readonly development: boolean
  /** Plugins of the transport. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[]
  /** Is told of every error that is a fault of this program. */
  readonly logError: (error: unknown) => void
}

/** The GraphQL server, not yet started. */
export function createGraphQLServer(options: GraphQLOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    typeDefs: readTypeDefs(),
    resolvers,
    introspection: options.development,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.development,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // the process stops itself, in its own order
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      options.development
        ? ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false })
        : ApolloServerPluginLandingPageDisabled(),
      explainAnswers,
      logErrors(options.logError),
      ...(options.plugins ?? []),
    ],
  })
}

/** Adds `extensions.larder`, and gives an answer without data the HTTP status of its error. */
const explainAnswers: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single') return Promise.resolve()
        const { singleResult } = response.body
        const larder = {
          ...contextValue.trace?.report(),
          ...(contextValue.propagation === 'PENDING' ? { propagation: 'PENDING' } : {}),
        }
        if (Object.keys(larder).length > 0) singleResult.extensions = { ...singleResult.extensions, larder }
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

function logErrors(log: (error: unknown) => void): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors({ errors }) {
          for (const error of errors) if (isInternal(error)) log(error.originalError ?? error)
          return Promise.resolve()
        },
      }),
  }
}
