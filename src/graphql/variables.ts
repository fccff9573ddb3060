import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'

/** Whether these variables are of the types that an operation declares. Where they are not, executing it reads nothing. */
export function areCoercible(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: object,
): boolean {
  if (variableDefinitions.length === 0) return true
  return getVariableValues(schema, variableDefinitions, { ...variables }, { maxErrors: 1 }).errors === undefined
}
