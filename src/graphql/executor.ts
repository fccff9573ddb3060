import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  execute,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import type { Keeper } from '../cache/index.ts'
import { asGraphQLError } from './compiled-error.ts'
import type { Context } from './context.ts'
import { PartCompiler, type OperationInParts } from './parts/compiled.ts'
import { KeptParts } from './parts/kept-parts.ts'
import { areCoercible } from './variables.ts'

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
  readonly context: Context
}

/** Compiled operations to keep; each takes a few tens of kB. */
const mostCompiled = 1000

/** What is known of an operation that came back, once it was needed: null where it cannot be compiled that way. */
interface Compiled {
  whole?: CompiledQuery | null
  inParts?: OperationInParts | null
}

/**
 * Executes operations through code that is compiled for each, instead of walking its document and looking every field up
 * in the schema: less than half of the time where there are many fields. What is asked once is not worth compiling, so an
 * operation is compiled when it comes back. Where it reads many things, it is executed in parts, of which those that were
 * finished before and still hold are used as they are.
 *
 * GraphQL.js remains the measure. graphql-jit does not check everything that variables must be, so they are coerced by
 * GraphQL.js first, and whatever it refuses, or the compiler cannot compile, GraphQL.js executes, to say so in its words.
 * What goes wrong in parts is executed whole.
 *
 * @param keeper null where no parts are kept
 */
export function compilingGateway(schema: GraphQLSchema, keeper: Keeper | null): Gateway {
  const parts = keeper === null ? null : new PartCompiler(schema, new KeptParts(keeper))
  // Apollo hands over the same objects for the same document, as long as it remembers it
  const known = new LRUCache<OperationDefinitionNode, Compiled>({ max: mostCompiled })

  /** Null for an operation that is met for the first time. */
  function compiledOf(operation: OperationDefinitionNode): Compiled | null {
    const compiled = known.get(operation)
    if (compiled === undefined) known.set(operation, {})
    return compiled ?? null
  }

  /** Null where it is to be walked. */
  async function executeCompiled(
    { document, context }: Execution,
    operation: OperationDefinitionNode,
    variables: Record<string, unknown>,
  ): Promise<ExecutionResult | null> {
    const compiled = compiledOf(operation)
    if (compiled === null || !areCoercible(schema, operation, variables)) return null
    if (parts !== null && context.begunAt !== null) {
      if (compiled.inParts === undefined) compiled.inParts = parts.compile(document, operation)
      const result = await compiled.inParts?.execute(context, context.begunAt, variables)
      if (result !== undefined && result !== null) return result
    }
    if (compiled.whole === undefined) compiled.whole = wholeQuery(document, operation)
    if (compiled.whole === null) return null
    const result = await compiled.whole.query(undefined, context, variables)
    const errors = result.errors?.map((error) => asGraphQLError(error, document))
    return errors === undefined ? result : { ...result, errors }
  }

  function wholeQuery(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null {
    const query = compileQuery(schema, document, operation.name?.value)
    return isCompiledQuery(query) ? query : null
  }

  async function executor(execution: Execution): Promise<ExecutionResult> {
    const { document, request, operation, context } = execution
    const { variables = {} } = request
    const result = operation === undefined ? null : await executeCompiled(execution, operation, variables)
    if (result !== null) return result
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
