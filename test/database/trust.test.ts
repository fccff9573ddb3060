import { describe, expect, it } from 'vitest'
import { statedStates } from '../setup/states.ts'
import { explore } from './trust-explorer.ts'

describe('in every interleaving of instances that lose the cache and trust it again', () => {
  it('nothing is read that is older than what was acknowledged', () => {
    const { states, violation } = explore()
    expect(violation).toBeNull()
    expect(states).toBe(statedStates('instances that lose the cache and trust it again'))
  })

  it.each([
    'trusts before draining',
    'records before it stops',
    'looks before recording',
    'forgets what it is about to trust',
  ] as const)('something older is found where an instance %s', (weakness) => {
    const { violation } = explore(weakness)
    expect(violation?.at(-1)).toMatch(/reads \d, though \d was acknowledged/)
  })
})
