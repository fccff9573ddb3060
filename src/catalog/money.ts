import { currencies } from '../currencies.ts'

/** An amount as GraphQL answers it. */
export interface Money {
  readonly amount: string
  readonly currencyCode: string
}

/** Minor units as a decimal with all the currency's own decimals: 1990 is "19.90" USD and "1990" JPY. */
export function formatPrice(minor: number, currency: string): string {
  // what was stored before a currency was given up is still read
  const decimals = currencies.get(currency) ?? 2
  if (decimals === 0) return String(minor)
  const digits = String(minor).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

export function money(minor: number, currency: string): Money {
  return { amount: formatPrice(minor, currency), currencyCode: currency }
}

/**
 * Reads a price, exactly, into minor units.
 * @returns an explanation where the text is no price of this currency
 */
export function parsePrice(text: string, currency: string): { minor: number } | { error: string } {
  const decimals = currencies.get(currency)
  if (decimals === undefined) return { error: `${JSON.stringify(currency)} is no currency code of ISO 4217` }
  const [, integer, fraction = ''] = /^([0-9]{1,16})(?:\.([0-9]{1,10}))?$/.exec(text) ?? []
  if (integer === undefined)
    return { error: `expected a decimal such as "19.90", but received ${JSON.stringify(text)}` }
  if (/[1-9]/.test(fraction.slice(decimals))) {
    const most = decimals === 0 ? 'no decimals' : `at most ${decimals} decimals`
    return { error: `a price in ${currency} has ${most}, but received ${JSON.stringify(text)}` }
  }
  const minor = BigInt(`${integer}${fraction.slice(0, decimals).padEnd(decimals, '0')}`)
  if (minor === 0n) return { error: `a price is more than 0, but received ${JSON.stringify(text)}` }
  if (minor > BigInt(Number.MAX_SAFE_INTEGER)) return { error: `the price ${text} is larger than can be stored` }
  return { minor: Number(minor) }
}
