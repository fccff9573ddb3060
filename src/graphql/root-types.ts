import { GraphQLError, type ValidationRule } from 'graphql'

/** Refuses operations of a kind that the schema has none of: GraphQL.js finds out only when it runs them. */
export const rootTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return
    context.reportError(new GraphQLError(`This server has no ${node.operation} operations`, { nodes: node }))
  },
})
