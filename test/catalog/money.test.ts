import { expect, it } from 'vitest'
import { currencies } from '../../src/currencies.ts'
import { formatPrice, parsePrice } from '../../src/catalog/money.ts'

it('a price has the decimals that ISO 4217 gives its currency, whatever is usually shown of it', () => {
  for (const [currency, decimals] of Object.entries({
    USD: 2,
    JPY: 0,
    KWD: 3,
    IQD: 3,
    HUF: 2,
    IDR: 2,
    COP: 2,
    CLF: 4,
    UYW: 4,
  })) {
    const price = ['12', '3456'.slice(0, decimals)].filter((part) => part !== '').join('.')
    const minor = Number(`12${'3456'.slice(0, decimals)}`)
    expect([currency, parsePrice(price, currency)]).toEqual([currency, { minor }])
    expect(formatPrice(minor, currency)).toBe(price)
  }
  expect(parsePrice('1.234', 'HUF')).toEqual({ error: 'a price in HUF has at most 2 decimals, but received "1.234"' })
})

it.each(['usd', 'XXY', 'HRK', 'ZWL', 'XAU', ''])('"%s" is no currency that a price may have', (code) => {
  expect(currencies.has(code)).toBe(false)
  expect(parsePrice('1', code)).toEqual({ error: `${JSON.stringify(code)} is no currency code of ISO 4217` })
})

it('a price that was stored in a currency before that was given up is still read', () => {
  expect(formatPrice(1990, 'HRK')).toBe('19.90')
})
