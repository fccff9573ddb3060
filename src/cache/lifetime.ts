import type { Value } from './state.ts'
import { partOf } from './tokens.ts'

/**
 * How long an entry lives from its filling, in ms. Jittered by a tenth, so that what was filled together does not expire
 * together; by its own token, so that its age can be told from what is left of its life.
 */
export function lifetimeOf(
  { token, json }: Value,
  kind: { readonly ttlMs?: number; readonly negativeTtlMs?: number },
  standard: { readonly ttlMs: number; readonly negativeTtlMs: number },
): number {
  const { ttlMs = standard.ttlMs, negativeTtlMs = standard.negativeTtlMs } = kind
  return Math.round((json === 'null' ? negativeTtlMs : ttlMs) * (0.9 + partOf(token) * 0.2))
}
