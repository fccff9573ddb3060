import { describe, expect, it } from 'vitest'
import { testRedis } from '../setup/index.ts'
import { withSabotage } from './teeth/sabotage.ts'
import { control, sabotages } from './teeth/sabotages.ts'
import { runSabotaged } from './teeth/teeth.ts'

// the rest takes minutes: npm run test:faults -- --teeth
const fast = sabotages.filter(({ name }) => /^(the textbook protocol|an eviction before COMMIT)/.test(name))

describe.skipIf(testRedis() === null)('reads that are judged', () => {
  it.each(fast)('show $name', async (sabotage) => {
    expect((await runSabotaged(sabotage, { seed: 1 })).violations).toBeGreaterThan(0)
  })
})

describe('a sabotage', () => {
  it('still takes hold, each of them', async () => {
    for (const sabotage of [control, ...sabotages])
      await expect(withSabotage(sabotage, () => Promise.resolve('fits'))).resolves.toBe('fits')
  })

  it('that finds nothing to replace fails', async () => {
    const replacements = [{ file: 'package.json', find: 'nothing of this kind', replace: '' }]
    await expect(withSabotage({ name: 'none', replacements }, () => Promise.resolve())).rejects.toThrow('0 times')
  })
})
