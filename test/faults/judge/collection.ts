import type { Interval } from './history.ts'
import type { Slot } from './slot.ts'

/** A list as a read shows it, whole: the names of its members in their order. */
export interface ListRead<State> {
  readonly interval: Interval
  readonly listed: readonly string[]
  readonly totalCount: number
  /** Whether a thing in this state is in the list, under each of the circumstances that a read of this time may show. */
  readonly isMember: readonly ((state: State) => boolean)[]
  /** What the list is ordered by, lowest first; null where that is not judged. */
  readonly orderBy: ((state: State) => string | number) | null
}

export interface CollectionViolation {
  readonly kind: 'MISSING MEMBER' | 'EXTRA MEMBER' | 'WRONG COUNT' | 'WRONG ORDER' | 'WRONG SUM'
  readonly message: string
  /** The members that the timeline is about. */
  readonly names: readonly string[]
}

/** Judges a list against the slots of everything that may be in it. */
export function judgeList<State>(
  slots: ReadonlyMap<string, Slot<State>>,
  { interval, listed, totalCount, isMember, orderBy }: ListRead<State>,
): CollectionViolation[] {
  const violations: CollectionViolation[] = []
  const shown = new Set(listed)
  const keys = new Map<string, string | number>()
  let sure = 0
  let possible = 0
  for (const [name, slot] of slots) {
    const candidates = slot.candidates(interval)
    const answers = candidates.flatMap((state) => isMember.map((test) => test(state)))
    const always = answers.every(Boolean)
    const never = !answers.includes(true)
    if (always) sure += 1
    if (!never) possible += 1
    if (always && !shown.has(name)) violations.push(violation('MISSING MEMBER', `${name} is not listed`, [name]))
    if (never && shown.has(name)) violations.push(violation('EXTRA MEMBER', `${name} is listed`, [name]))
    const orders = new Set(always && orderBy !== null ? candidates.map(orderBy) : [])
    const [order] = orders
    if (orders.size === 1 && order !== undefined) keys.set(name, order)
  }
  for (const name of listed.filter((each) => !slots.has(each))) {
    violations.push(violation('EXTRA MEMBER', `${name} is listed, and has long been gone`, [name]))
  }
  if (shown.size !== listed.length) violations.push(violation('EXTRA MEMBER', 'a member is listed twice', listed))
  if (totalCount < sure || totalCount > possible) {
    const message = `totalCount is ${totalCount}, but must be from ${sure} to ${possible}`
    violations.push(violation('WRONG COUNT', message, [...slots.keys()]))
  }
  return [...violations, ...misplaced(listed, keys)]
}

function misplaced(listed: readonly string[], keys: ReadonlyMap<string, string | number>): CollectionViolation[] {
  const certain = listed.filter((name) => keys.has(name))
  return certain.slice(1).flatMap((name, i) => {
    const before = certain[i] ?? ''
    if ((keys.get(before) ?? '') <= (keys.get(name) ?? '')) return []
    const message = `${before} (${keys.get(before)}) is listed before ${name} (${keys.get(name)})`
    return [violation('WRONG ORDER', message, [before, name])]
  })
}

/** The least and the most of a sum over slots that a read of this time may show. */
export function boundsOf<State>(
  slots: Iterable<Slot<State>>,
  interval: Interval,
  amount: (state: State) => number,
): { least: number; most: number } {
  let least = 0
  let most = 0
  for (const slot of slots) {
    const amounts = slot.candidates(interval).map(amount)
    least += Math.min(...amounts)
    most += Math.max(...amounts)
  }
  return { least, most }
}

/** Judges a sum over slots. */
export function judgeSum<State>(
  slots: ReadonlyMap<string, Slot<State>>,
  interval: Interval,
  shown: number,
  what: string,
  amount: (state: State) => number,
): CollectionViolation[] {
  const { least, most } = boundsOf(slots.values(), interval, amount)
  if (shown >= least && shown <= most) return []
  return [violation('WRONG SUM', `${what} is ${shown}, but must be from ${least} to ${most}`, [...slots.keys()])]
}

function violation(kind: CollectionViolation['kind'], message: string, names: readonly string[]): CollectionViolation {
  return { kind, message, names }
}
