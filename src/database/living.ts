import { isOver } from './cache-server.ts'

/** After how long without a word an instance counts as gone, in ms: nobody waits for it. */
export const livingMs = 5000
/** After how long without a word another instance delivers in its place, in ms. */
export const relayTermMs = 3000

/** SQL: whether an instance has given a word in the last so many ms. */
export function heardWithin(ms: number): string {
  return `"seen_at" > clock_timestamp() - make_interval(secs => ${ms / 1000})`
}

/** SQL: whether an instance reads through a cache, as far as is known, and does not count as gone. */
export const isTrusting = `"mode" = 'trusting' AND ${heardWithin(livingMs)}`

/**
 * SQL: whether somebody may still read what is stored in an epoch that is over. Until it has noticed, it is not enough that
 * a change was evicted in the current one.
 */
export const somebodyLags = `EXISTS (SELECT FROM "instance" WHERE ${isTrusting} AND ${isOver('"instance"."epochs"')})`
