import { decode } from './codec.ts'
import type { View } from './merged-reads.ts'
import type { Value } from './state.ts'
import { newToken } from './tokens.ts'
import type { OutcomeOf, Transition } from './store.ts'

/** The generations that stand, by key; null for one that a writer holds. An Error where the store did not say. */
export type Generations = ReadonlyMap<string, string | Error | null>

type Mint = Extract<Transition, { do: 'mint' }>

/** How long a generation lasts at least; when it is lost a new one is made, and what was stamped with it is void. */
const generationMs = 7 * 24 * 60 * 60 * 1000

/**
 * The generations of kinds and groups, from what a read found. One that is missing is minted: nothing that was stored
 * under an earlier one is valid then, since the new one is random.
 */
export async function generationsOf(
  view: View,
  keys: Iterable<string>,
  apply: (mints: readonly Mint[]) => Promise<OutcomeOf<Mint>[]>,
): Promise<Generations> {
  const generations = new Map<string, string | Error | null>()
  const missing: string[] = []
  for (const key of new Set(keys)) {
    const state = decode(view.get(key))
    if (view.life(key) === null) generations.set(key, new Error('the store did not say'))
    else if (state === null || state.is === 'absent') missing.push(key)
    else generations.set(key, state.is === 'value' ? state.token : null)
  }
  if (missing.length > 0) {
    const minted = await apply(
      missing.map((key) => ({ do: 'mint', key, value: newGeneration(), ttlMs: generationMs }) as const),
    )
    missing.forEach((key, i) => {
      const outcome = minted[i] ?? new Error('no outcome')
      if (outcome instanceof Error) generations.set(key, outcome)
      else generations.set(key, outcome.is === 'value' ? outcome.token : null)
    })
  }
  return generations
}

function newGeneration(): Value {
  return { is: 'value', token: newToken(), stamps: 'generation', json: 'true' }
}
