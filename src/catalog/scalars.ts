import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLCurrency, GraphQLDateTime } from 'graphql-scalars'
import { shown } from './errors.ts'

const decimalForm = /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/

/** An exact decimal in plain notation. JSON numbers are refused: whoever parsed them has already rounded them. */
const GraphQLDecimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: (value) => String(value),
  parseValue: (value) => parse(value, typeof value === 'string' ? value : null),
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return parse(node.value, node.value)
    return parse(
      'value' in node ? node.value : node.kind,
      node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : null,
    )
  },
})

export const scalars = { DateTime: GraphQLDateTime, Decimal: GraphQLDecimal, Currency: GraphQLCurrency }

function parse(given: unknown, text: string | null): string {
  if (text === null || !decimalForm.test(text)) {
    throw new GraphQLError(
      `Decimal takes a string such as "19.90", or a number written in the query, but received ${shown(given)}`,
    )
  }
  return text
}
