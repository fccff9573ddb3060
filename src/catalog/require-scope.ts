import { collectFields } from '@graphql-tools/utils'
import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import type { CatalogContext } from './context.ts'
import type { Scope } from './viewer.ts'

// what a resolver of a mutation is, as far as this file cares: its context comes third
type Resolver = (...given: never[]) => unknown

/**
 * The same resolvers, each for viewers with its scope alone. The scopes of all fields of an operation are checked before
 * the first of them is run: what a viewer may not do in full is not done in part.
 */
export function requireScope<Resolvers extends Readonly<Record<string, unknown>>>(
  scopeOf: (field: string) => Scope,
  resolvers: Resolvers,
): Resolvers {
  const guarded = Object.entries(resolvers).map(([name, resolve]) => [
    name,
    (root: unknown, given: unknown, context: CatalogContext, info: GraphQLResolveInfo) => {
      checkScopes(context, scopeOf, info)
      return (resolve as Resolver)(...([root, given, context, info] as never[]))
    },
  ])
  return Object.fromEntries(guarded) as Resolvers
}

/** @throws UNAUTHENTICATED or FORBIDDEN where the viewer does not have the scope of a field of this operation */
function checkScopes(
  { viewer }: CatalogContext,
  scopeOf: (field: string) => Scope,
  { schema, fragments, variableValues, parentType, operation }: GraphQLResolveInfo,
): void {
  const { fields } = collectFields(schema, fragments, variableValues, parentType, operation.selectionSet)
  for (const [key, nodes] of fields) {
    const field = nodes[0]?.name.value ?? ''
    if (field === '__typename' || viewer.scopes.has(scopeOf(field))) continue
    const code = viewer.authenticated ? 'FORBIDDEN' : 'UNAUTHENTICATED'
    const reason = viewer.authenticated ? 'the token does not have it' : 'the request has no token'
    throw new GraphQLError(`${field} takes the scope ${scopeOf(field)}, but ${reason}`, {
      nodes,
      path: [key],
      extensions: { code },
    })
  }
}
