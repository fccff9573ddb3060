import { parseValue } from 'graphql'
import { expect, it } from 'vitest'
import { scalars } from '../../src/catalog/scalars.ts'

it.each([
  ['1e1', '10'],
  ['1.5E0', '1.5'],
  ['12.5e-1', '1.25'],
  ['1.23e-5', '0.0000123'],
  ['-0.001e3', '-1'],
  ['1234567890123456789.01e+1', '12345678901234567890.1'],
  ['9007199254740993e-2', '90071992547409.93'],
])('the number %s in a query is exactly %s', (written, exact) => {
  expect(scalars.Decimal.parseLiteral(parseValue(written))).toBe(exact)
})

it.each(['1e30', '1e-31', '1e100', '1e-999999999'])('the number %s is longer than a decimal may be', (written) => {
  expect(() => scalars.Decimal.parseLiteral(parseValue(written))).toThrow(/^Decimal takes a string such as "19.90"/)
})
