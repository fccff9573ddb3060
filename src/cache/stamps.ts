import { decode, decodeStamped } from './codec.ts'
import type { ParsedValues } from './parsed-values.ts'
import { isNewerShape, type Shape } from './shape.ts'
import type { Value } from './state.ts'

/** What a reader finds a key to be, once what is stored has been compared with what is valid now. */
export type Finding<T> =
  | { readonly is: 'hit'; readonly value: T | null; readonly token: string }
  /** Nothing usable. `outdated` names a stored value that may be replaced. */
  | { readonly is: 'miss'; readonly outdated: string; readonly corrupt: boolean }
  | { readonly is: 'lease'; readonly token: string }
  | { readonly is: 'hold' }
  | { readonly is: 'newer' }

/**
 * What must still be valid for a stored value to be valid: the build's shape of it, the life of the store's data, and the
 * generations of its kind and groups. They are written into the value and compared on every read.
 * @param lives those of the entry's own key and of each generation's: one and the same, or those of a cluster's nodes
 */
export function stampsOf(shape: Shape<unknown>, lives: readonly string[], generations: readonly string[]): string {
  return [shape.fingerprint, ...new Set(lives), ...generations].join('.')
}

/** Judges the stored form of a key against the stamps that are valid now. */
export function judge<T>(raw: string | null, shape: Shape<T>, stamps: string, parsed: ParsedValues): Finding<T> {
  const state = (raw === null ? null : decodeStamped(raw, stamps)) ?? decode(raw)
  if (state === null) return { is: 'miss', outdated: '', corrupt: true }
  switch (state.is) {
    case 'absent':
      return { is: 'miss', outdated: '', corrupt: false }
    case 'lease':
      return { is: 'lease', token: state.token }
    case 'hold':
      return { is: 'hold' }
    case 'value':
      return judgeValue(state, shape, stamps, parsed)
  }
}

export function judgeValue<T>(value: Value, shape: Shape<T>, stamps: string, parsed: ParsedValues): Finding<T> {
  if (value.stamps !== stamps) {
    const [stored = ''] = value.stamps.split('.', 1)
    return isNewerShape(stored, shape) ? { is: 'newer' } : { is: 'miss', outdated: value.token, corrupt: false }
  }
  try {
    return { is: 'hit', value: parsed.parse(value.token, value.json) as T | null, token: value.token }
  } catch {
    return { is: 'miss', outdated: value.token, corrupt: true }
  }
}
