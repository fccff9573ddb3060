import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { GraphQLDateTime } from 'graphql-scalars'
import { shown } from './errors.ts'
import { currencyDecimals } from './money.ts'

const decimalForm = /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/

/** An exact decimal in plain notation. JSON numbers are refused: whoever parsed them has already rounded them. */
const decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: (value) => String(value),
  parseValue: (value) => parseDecimal(value, typeof value === 'string'),
  parseLiteral: (node) => parseDecimal(literal(node), [Kind.STRING, Kind.INT, Kind.FLOAT].includes(node.kind)),
})

/** One spelling for each currency, so that filters that mean the same share their entries. */
const currency = new GraphQLScalarType<string, string>({
  name: 'Currency',
  serialize: (value) => String(value),
  parseValue: parseCurrency,
  parseLiteral: (node) => parseCurrency(node.kind === Kind.STRING ? node.value : node.kind),
})

export const scalars = { DateTime: GraphQLDateTime, Decimal: decimal, Currency: currency }

function parseDecimal(given: unknown, isText: boolean): string {
  if (!isText || !decimalForm.test(String(given))) {
    throw new GraphQLError(
      `Decimal takes a string such as "19.90", or a number written in the query, but received ${shown(given)}`,
    )
  }
  return String(given)
}

function parseCurrency(given: unknown): string {
  if (typeof given !== 'string' || currencyDecimals(given) === undefined) {
    throw new GraphQLError(`Currency takes a code of ISO 4217 such as "USD", but received ${shown(given)}`)
  }
  return given
}

function literal(node: ValueNode): string {
  return 'value' in node ? String(node.value) : node.kind
}
