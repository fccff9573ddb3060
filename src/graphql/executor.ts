import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  execute,
  getVariableValues,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import { asGraphQLError } from './compiled-error.ts'

type Gateway = ApolloServerOptionsWithGateway<never>['gateway']

/** What Apollo hands over to have an operation executed. */
interface Execution {
  readonly document: DocumentNode
  readonly request: {
    readonly variables?: Record<string, unknown> | undefined
    readonly operationName?: string | undefined
  }
  /** None where the document has no such operation. */
  readonly operation?: OperationDefinitionNode
  readonly context: unknown
}

/** Compiled operations to keep; each takes a few tens of kB. */
const mostCompiled = 1000

/**
 * Executes operations through code that is compiled for each, instead of walking its document and looking every field up
 * in the schema: less than half of the time where there are many fields. What is asked once is not worth compiling, so an
 * operation is compiled when it comes back.
 *
 * GraphQL.js remains the measure. graphql-jit does not check everything that variables must be, so they are coerced by
 * GraphQL.js first, and whatever it refuses, or the compiler cannot compile, GraphQL.js executes, to say so in its words.
 */
export function compilingGateway(schema: GraphQLSchema): Gateway {
  // Apollo hands over the same objects for the same document, as long as it remembers it
  const compiled = new LRUCache<OperationDefinitionNode, CompiledQuery | 'seen' | 'not compilable'>({
    max: mostCompiled,
  })

  function compiledQuery(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null {
    const known = compiled.get(operation)
    if (known === undefined) {
      compiled.set(operation, 'seen')
      return null
    }
    if (known !== 'seen') return known === 'not compilable' ? null : known
    const query = compileQuery(schema, document, operation.name?.value)
    compiled.set(operation, isCompiledQuery(query) ? query : 'not compilable')
    return isCompiledQuery(query) ? query : null
  }

  function areCoercible({ variableDefinitions = [] }: OperationDefinitionNode, variables: object): boolean {
    if (variableDefinitions.length === 0) return true
    return getVariableValues(schema, variableDefinitions, { ...variables }, { maxErrors: 1 }).errors === undefined
  }

  async function executor({ document, request, operation, context }: Execution): Promise<ExecutionResult> {
    const { variables = {} } = request
    const query = operation === undefined ? null : compiledQuery(document, operation)
    if (query !== null && operation !== undefined && areCoercible(operation, variables)) {
      const result = await query.query(undefined, context, variables)
      const errors = result.errors?.map((error) => asGraphQLError(error, document))
      return errors === undefined ? result : { ...result, errors }
    }
    return execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName: request.operationName ?? null,
    })
  }

  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => {}
    },
    load: () => Promise.resolve({ executor: executor as never }),
    stop: () => Promise.resolve(),
  }
}
