const largestMinor = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * A price limit of a filter in minor units of a currency with so many decimals, exactly: a limit between two units counts
 * as the next one inside the range. Clamped to what prices can be, so that equal filters have equal keys.
 *
 * @param decimal a number in decimal notation, as the scalar Decimal hands it over
 */
export function priceBound(decimal: string, decimals: number, side: 'min' | 'max'): number {
  const [integer = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const magnitude = BigInt(`${integer}${fraction.slice(0, decimals).padEnd(decimals, '0')}`)
  const inexact = /[1-9]/.test(fraction.slice(decimals))
  const negative = decimal.startsWith('-')
  const towardsZero = negative ? -magnitude : magnitude
  const outward = side === 'min' ? !negative : negative
  const minor = towardsZero + (inexact && outward ? (negative ? -1n : 1n) : 0n)
  // one above the largest price there can be stands for a minimum that nothing meets
  if (minor > largestMinor) return side === 'min' ? Number.MAX_SAFE_INTEGER + 1 : Number.MAX_SAFE_INTEGER
  return minor < 0n ? (side === 'min' ? 0 : -1) : Number(minor)
}
