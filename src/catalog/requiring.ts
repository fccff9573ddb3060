import { GraphQLError } from 'graphql'
import type { CatalogContext } from './context.ts'
import type { Scope } from './viewer.ts'

// what a resolver of a mutation is, as far as this file cares: its context comes third
type Resolver = (...given: never[]) => unknown

/** The same resolvers, for viewers with this scope alone. */
export function requiring<Resolvers extends Readonly<Record<string, unknown>>>(
  scope: Scope,
  resolvers: Resolvers,
): Resolvers {
  const guarded = Object.entries(resolvers).map(([name, resolve]) => [
    name,
    (root: unknown, given: unknown, context: CatalogContext, info: unknown) => {
      checkScope(context, scope, name)
      return (resolve as Resolver)(...([root, given, context, info] as never[]))
    },
  ])
  return Object.fromEntries(guarded) as Resolvers
}

/** @throws UNAUTHENTICATED or FORBIDDEN where the viewer does not have this scope */
function checkScope({ viewer }: CatalogContext, scope: Scope, field: string): void {
  if (viewer.scopes.has(scope)) return
  const code = viewer.authenticated ? 'FORBIDDEN' : 'UNAUTHENTICATED'
  const reason = viewer.authenticated ? 'the token does not have it' : 'the request has no token'
  throw new GraphQLError(`${field} takes the scope ${scope}, but ${reason}`, { extensions: { code } })
}
