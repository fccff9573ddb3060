import type { ApolloServerPlugin } from '@apollo/server'
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql'
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity'
import type { Context } from './context.ts'

/** How much one operation may ask for. */
export interface Limits {
  /** Fields within fields. */
  readonly depth: number
  readonly aliases: number
  /** Names, punctuation and values of the document. */
  readonly tokens: number
  /** About as many objects as the answer may hold. */
  readonly cost: number
}

/** Marks an error among those of the validation as one of a limit: Apollo overwrites the code that such an error has. */
export const limitMark = 'larderLimit'

const mostDirectives = 50

/** The limits that the text of an operation alone decides. */
export function limitRules({ depth, aliases }: Limits): ValidationRule[] {
  const options = {
    propagateOnRejection: false,
    onReject: [
      (context: { reportError(error: GraphQLError): void } | null, { message }: GraphQLError) =>
        context?.reportError(
          new GraphQLError(`${message.replace('Syntax Error: ', '')} Ask for less at once.`, {
            extensions: { [limitMark]: true },
          }),
        ),
    ],
  }
  return [
    maxDepthRule({ n: depth, ...options }),
    maxAliasesRule({ n: aliases, ...options }),
    maxDirectivesRule({ n: mostDirectives, ...options }),
  ] as ValidationRule[]
}

/** Refuses operations that cost too much, before anything is read. */
export function costPlugin({ cost: most }: Limits): ApolloServerPlugin<Context> {
  const costs = new KnownCosts()
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ schema, document, request, operationName }) {
          const variables = request.variables ?? {}
          const cost = costs.of(document, operationName, variables, () =>
            costOf(schema, document, variables, operationName),
          )
          if (cost > most) {
            throw new GraphQLError(`The operation costs ${cost}, but may cost ${most} at most. Ask for less at once.`, {
              extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } },
            })
          }
          return Promise.resolve()
        },
      }),
  }
}

/** 0 for an operation whose variables are wrong: its execution says so, and reads nothing. */
function costOf(
  schema: GraphQLSchema,
  query: DocumentNode,
  variables: Record<string, unknown>,
  operationName: string | null,
): number {
  try {
    return getComplexity({
      schema,
      query,
      variables,
      ...(operationName === null ? {} : { operationName }),
      estimators: [estimate],
    })
  } catch (error) {
    if (error instanceof GraphQLError) return 0
    throw error
  }
}

/** Costs that have been worked out, by document, as long as Apollo remembers it, and by all of its variables that matter. */
class KnownCosts {
  readonly #costs = new WeakMap<DocumentNode, Map<string, number>>()

  of(
    document: DocumentNode,
    operationName: string | null,
    variables: Readonly<Record<string, unknown>>,
    workOut: () => number,
  ): number {
    const costs = this.#costs.get(document) ?? new Map<string, number>()
    this.#costs.set(document, costs)
    const name = JSON.stringify([
      operationName,
      Object.entries(variables).map(([key, value]) => [key, weightOf(value)]),
    ])
    const known = costs.get(name)
    if (known !== undefined) return known
    const cost = workOut()
    // 0 may stand for variables that cannot be used, where others of the same weight can
    if (cost > 0 && costs.size < mostKnown) costs.set(name, cost)
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
const standardPageSize = 20
const largestPage = 100

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
  const asked = first ?? last ?? standardPageSize
  // what is no size of a page is refused when the page is read
  return typeof asked === 'number' ? Math.min(Math.max(asked, 0), largestPage) : standardPageSize
}
