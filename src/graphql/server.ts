import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { Kind, parse } from 'graphql'
import { readTypeDefs, resolvers } from '../catalog/index.ts'
import { keptPart, OperationNames } from '../observe/index.ts'
import type { Cache } from '../cache/index.ts'
import type { Context } from './context.ts'
import { compilingGateway } from './executor.ts'
import { stringifyResult } from './parts/json.ts'
import { costPlugin } from './cost.ts'
import { formatError } from './errors.ts'
import { limitRules, mostSelections, type Limits } from './limits.ts'
import { finishAnswers } from './plugins/finish-answers.ts'
import { logErrors } from './plugins/log-errors.ts'
import { recordOperation } from './plugins/record-operation.ts'
import { rootTypesRule } from './root-types.ts'
import { onlyRegistered, persistedOperations, registeredOperations, type SharedOperations } from './operations.ts'

export interface GraphQLOptions {
  /** Whether clients may ask for the schema, and are told which fields they may have meant. */
  readonly introspection: boolean
  /** Whether browsers are shown Apollo Sandbox. */
  readonly sandbox: boolean
  readonly limits: Limits
  /** The only operations that are answered; null for any. */
  readonly registered: readonly string[] | null
  /** Where instances share the operations that clients persist. */
  readonly shared?: SharedOperations | undefined
  /** What keeps parts of answers; without it every operation is executed whole. */
  readonly cache?: Pick<Cache, 'keeper'> | undefined
  /** Plugins of the transport. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[]
  /** Is told of every error that is a fault of this program. */
  readonly logError: (error: unknown, requestId: string) => void
  /** Is told of every write that was answered before it was certain that nobody is served what it replaced. */
  readonly logPending: (requestId: string) => void
}

/** The GraphQL server, not yet started. */
export function createGraphQLServer(options: GraphQLOptions): ApolloServer<Context> {
  const { limits, registered } = options
  return new ApolloServer<Context>({
    gateway: compilingGateway(
      makeExecutableSchema({ typeDefs: readTypeDefs(), resolvers }),
      options.cache?.keeper(keptPart) ?? null,
    ),
    stringifyResult,
    introspection: options.introspection,
    validationRules: [rootTypesRule, ...limitRules(limits)],
    maxRecursiveSelections: mostSelections,
    parseOptions: { maxTokens: limits.tokens },
    persistedQueries: {
      ttl: null,
      cache: registered === null ? persistedOperations(options.shared) : registeredOperations(registered),
    },
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // the process stops itself, in its own order
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      options.sandbox
        ? ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false, document: firstQuery })
        : ApolloServerPluginLandingPageDisabled(),
      finishAnswers(options.logPending),
      recordOperation(new OperationNames(registered === null ? null : registered.flatMap(namesIn))),
      ...(registered === null ? [] : [onlyRegistered(registered)]),
      costPlugin(limits),
      logErrors(options.logError),
      ...(options.plugins ?? []),
    ],
  })
}

/** What Sandbox shows to begin with. */
const firstQuery = `# Run it twice with the header x-larder-trace: 1 and look at extensions.larder:
# the second answer comes from the cache and runs no SQL.
query Storefront($first: Int = 5) {
  products(first: $first, sortKey: RATING, filter: { inStock: true }) {
    totalCount
    nodes {
      id
      title
      brand
      priceRange { min { amount currencyCode } }
      reviewSummary { averageRating count }
      categories { name }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`

function namesIn(document: string): string[] {
  return parse(document).definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION && each.name !== undefined ? [each.name.value] : [],
  )
}
