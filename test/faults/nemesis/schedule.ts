import { Random } from '../../../src/seed/random.ts'
import { faultKinds } from './faults.ts'

/** A fault that is going to happen. */
export interface PlannedFault {
  readonly kind: string
  /** The number of the process that it concerns, where it concerns one. */
  readonly process: number
  readonly lastsMs: number
}

/** One turn of the nemesis: after a pause, a fault, and perhaps a second one while it lasts. */
export interface Turn {
  readonly pauseMs: number
  readonly fault: PlannedFault
  readonly second: PlannedFault | null
}

export interface ScheduleOptions {
  readonly seed: number
  readonly processes: number
  /** The names of the faults to draw from; all by default. */
  readonly kinds?: readonly string[]
  /** How often every kind comes; again and again by default. */
  readonly rounds?: number
  /** How many ms of peace lie between two turns, least and most. */
  readonly pause?: readonly [number, number]
  /** How often a second fault comes on top, from 0 to 1. */
  readonly pairs?: number
  /** How long faults last at most, in ms, whatever their kind says. */
  readonly longest?: number
}

/**
 * The turns of the nemesis, one after the other: the same for the same seed. Every kind comes once before any comes twice.
 */
export function* schedule(options: ScheduleOptions): Generator<Turn, void> {
  const { seed, kinds = Object.keys(faultKinds), rounds = Infinity, pause = [500, 4000], pairs = 0.25 } = options
  const random = new Random(seed)
  for (let i = 0; i < rounds; i += 1) {
    const round = random.some(kinds, kinds.length)
    while (round.length > 0) {
      const [kind = ''] = round.splice(random.int(0, round.length - 1), 1)
      const fault = planned(kind, options, random)
      const others = kinds.filter((other) => mayOverlap(kind, other))
      const second = others.length > 0 && random.chance(pairs) ? planned(random.pick(others), options, random) : null
      yield { pauseMs: random.int(...pause), fault, second }
    }
  }
}

/**
 * A process in trouble and a server in trouble may meet. Not so two servers, nor one process cut off from PostgreSQL while
 * others are cut off from Redis: docs/guarantees.md names that as more than is promised.
 */
function mayOverlap(first: string, second: string): boolean {
  const [one, two] = [faultKinds[first]?.group, faultKinds[second]?.group]
  return (one === 'process') !== (two === 'process')
}

function planned(kind: string, { processes, longest = Infinity }: ScheduleOptions, random: Random): PlannedFault {
  const [least, most] = faultKinds[kind]?.lasts ?? [0, 0]
  const lastsMs = Math.min(random.int(least, most), longest)
  return { kind, process: random.int(0, processes - 1), lastsMs }
}
