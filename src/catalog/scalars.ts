import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { GraphQLDateTime } from 'graphql-scalars'
import { currencies } from '../currencies.ts'
import { shown } from './errors.ts'

const decimalForm = /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/
// as GraphQL has it
const exponentForm = /^(-?)([0-9]+)(?:\.([0-9]+))?[eE]([+-]?[0-9]{1,2})$/

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
  if (typeof given !== 'string' || !currencies.has(given)) {
    throw new GraphQLError(`Currency takes a code of ISO 4217 such as "USD", but received ${shown(given)}`)
  }
  return given
}

function literal(node: ValueNode): string {
  if (node.kind === Kind.FLOAT) return withoutExponent(node.value)
  return 'value' in node ? String(node.value) : node.kind
}

/** The same number in plain notation: the point is moved in the text, since arithmetic would round. */
function withoutExponent(text: string): string {
  const [, sign, whole = '', fraction = '', exponent] = exponentForm.exec(text) ?? []
  if (exponent === undefined) return text
  const point = whole.length + Number(exponent)
  const digits = '0'.repeat(Math.max(0, 1 - point)) + whole + fraction
  const integer = digits.slice(0, Math.max(1, point)).padEnd(point, '0')
  const rest = digits.slice(Math.max(1, point))
  return `${sign}${integer.replace(/^0+(?=[0-9])/, '')}${rest === '' ? '' : `.${rest}`}`
}
