import type { ApolloServerPlugin } from '@apollo/server'
import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity'
import { largestPage, standardPage } from '../catalog/index.ts'
import type { Context } from './context.ts'
import { mostSelections, type Limits } from './limits.ts'
import { areCoercible } from './variables.ts'

/** Refuses operations that cost too much, before anything is read. */
export function costPlugin({ cost: most }: Pick<Limits, 'cost'>): ApolloServerPlugin<Context> {
  const costs = new KnownCosts()
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ schema, document, request, operation }) {
          // Apollo refuses what names no operation itself
          if (operation === undefined) return Promise.resolve()
          const variables = request.variables ?? {}
          const cost = costs.of(operation, variables, () => costOf(schema, document, operation, variables))
          if (cost > most) {
            throw refusal(
              'QUERY_TOO_COMPLEX',
              `The operation costs ${cost}, but may cost ${most} at most. Ask for less at once.`,
            )
          }
          return Promise.resolve()
        },
      }),
  }
}

/**
 * 0 for an operation whose variables are wrong: its execution says so, and reads nothing.
 * @throws GraphQLError where a field cannot have its arguments: it alone would not be executed, and all others for nothing
 */
function costOf(
  schema: GraphQLSchema,
  query: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): number {
  try {
    return getComplexity({
      schema,
      query,
      variables,
      ...(operation.name === undefined ? {} : { operationName: operation.name.value }),
      // as many as its validation lets through
      maxQueryNodes: mostSelections + 1,
      estimators: [estimate],
    })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    if (areCoercible(schema, operation, variables)) throw refusal('BAD_USER_INPUT', error.message)
    return 0
  }
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}

/** Costs that have been worked out, by operation, as long as Apollo remembers it, and by all that matters of its variables. */
export class KnownCosts {
  readonly #costs = new WeakMap<OperationDefinitionNode, Map<string, number>>()

  of(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>, workOut: () => number): number {
    const costs = this.#costs.get(operation) ?? new Map<string, number>()
    this.#costs.set(operation, costs)
    // of those alone that it declares, and not their names: clients may send any number of others, of any length
    const { variableDefinitions = [] } = operation
    const weights = JSON.stringify(variableDefinitions.map(({ variable }) => weightOf(variables[variable.name.value])))
    const known = costs.get(weights)
    if (known !== undefined) return known
    const cost = workOut()
    // 0 may stand for variables that cannot be used, where others of the same weight can
    if (cost > 0 && costs.size < mostKnown) costs.set(weights, cost)
    return cost
  }
}

const mostKnown = 100

/** All of a variable that a cost may depend on: how many there are, how much is asked for, what is included. */
function weightOf(value: unknown): unknown {
  if (Array.isArray(value)) return { length: value.length }
  return typeof value === 'number' || typeof value === 'boolean' ? value : value === null ? null : typeof value
}

const usualListLength = 10

/** An object costs 1, and a list as many times its item as it may hold. A page costs what it asks for, null or not. */
const estimate: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const named = getNamedType(field.type)
  if (type.name === 'Mutation') return usualListLength + childComplexity
  if (!isCompositeType(named) || named.name === 'PageInfo') return 0
  if (named.name.endsWith('Connection')) return 1 + pageSize(args) * childComplexity
  if (Array.isArray(args['ids'])) return args['ids'].length * (1 + childComplexity)
  // edges and nodes are counted with their page
  if (!String(field.type).startsWith('[') || type.name.endsWith('Connection')) return 1 + childComplexity
  return usualListLength * (1 + childComplexity)
}

function pageSize({ first, last }: { first?: unknown; last?: unknown }): number {
  const asked = first ?? last ?? standardPage
  // what is no size of a page is refused when the page is read
  return typeof asked === 'number' ? Math.min(Math.max(asked, 0), largestPage) : standardPage
}
