import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { currencyDecimals } from '../../src/catalog/money.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

it('knows how many decimals a currency has', () => {
  expect(['USD', 'JPY', 'KWD', 'usd', 'XXY', ''].map(currencyDecimals)).toEqual([
    2,
    0,
    3,
    undefined,
    undefined,
    undefined,
  ])
})

it('remembers nothing that is no currency code', () => {
  const before = heapUsed()
  for (let i = 0; i < 50; i += 1) expect(currencyDecimals(`${'X'.repeat(1_000_000)}${i}`)).toBeUndefined()
  expect(heapUsed() - before).toBeLessThan(10_000_000)
})
