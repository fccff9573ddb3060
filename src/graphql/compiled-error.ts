import { GraphQLError, type DocumentNode, type SourceLocation } from 'graphql'

/** An error of a compiled operation in the form that GraphQL.js would have given it. */
export function asGraphQLError(error: GraphQLError, { loc }: DocumentNode): GraphQLError {
  const { message, path, originalError, extensions = {}, locations = [] } = error as Partial<GraphQLError>
  // whoever threw it knew its place
  if (originalError instanceof GraphQLError && originalError.path !== undefined) return originalError
  return new GraphQLError(message ?? '', {
    path,
    originalError,
    extensions,
    ...(loc === undefined
      ? {}
      : { source: loc.source, positions: locations.map((each) => offsetOf(loc.source.body, each)) }),
  })
}

function offsetOf(text: string, { line, column }: SourceLocation): number {
  let from = 0
  for (let i = 1; i < line; i += 1) from += (/^.*(?:\r\n|[\n\r]|$)/.exec(text.slice(from))?.[0] ?? '').length
  return from + column - 1
}
