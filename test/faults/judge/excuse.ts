import type { Interval } from './history.ts'

/** Why a read may have gone back in time: the write that it went behind may not have been held across its commit. */
export type Excuse =
  | 'a write from outside'
  | 'a fault that holds may not have outlived'
  | 'a hold that may have run out'

/** Says whether a fault that may cost a hold concerned this process at any time between two moments. */
export type Troubled = (process: string, interval: Interval) => boolean

/** A write that a read went behind, though another read had shown it. */
export interface Suspect {
  /** Whom it was asked of; null for a write from outside. */
  readonly process: string | null
  readonly begun: number
  readonly ended: number | null
}

/** After this time a hold may have run out, in ms; the shortest that DESIGN allows. */
export const shortestHoldMs = 1000

/** Null where every one of these writes was held for sure when it was committed. */
export function excuseFor(suspects: readonly Suspect[], readEnded: number, troubled: Troubled): Excuse | null {
  if (suspects.some(({ process }) => process === null)) return 'a write from outside'
  const inTrouble = suspects.some(
    ({ process, begun, ended }) => process !== null && troubled(process, { begun, ended: ended ?? readEnded }),
  )
  if (inTrouble) return 'a fault that holds may not have outlived'
  if (suspects.some(({ begun }) => readEnded - begun > shortestHoldMs)) return 'a hold that may have run out'
  return null
}
