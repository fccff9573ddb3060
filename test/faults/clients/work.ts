import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/seed/random.ts'
import type { Run } from './client.ts'
import { readReviews, writeReview } from './reviews.ts'
import { readAgain, readRows, writeRow } from './rows.ts'
import { readLists, readLookups } from './shelf-reads.ts'
import { writeShelf } from './shelf-writes.ts'

/** What clients do, and how often. */
const work: readonly (readonly [number, (run: Run) => Promise<void>])[] = [
  [30, readRows],
  [20, readAgain],
  [20, readLists],
  [10, readLookups],
  [10, readReviews],
  [12, writeRow],
  [10, writeShelf],
  [8, writeReview],
]

/** One client, who does one thing after the other until it is stopped. */
export async function actAsClient(run: Run, thinkMs: number, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await drawn(run.random, work)(run)
    await sleep(run.random.next() * 2 * thinkMs, undefined, { signal: stopping }).catch(() => {})
  }
}

function drawn<Value>(random: Random, weighted: readonly (readonly [number, Value])[]): Value {
  let left = random.next() * weighted.reduce((sum, [weight]) => sum + weight, 0)
  const found = weighted.find(([weight]) => (left -= weight) < 0) ?? weighted[0]
  if (found === undefined) throw new Error('there is nothing to draw from')
  return found[1]
}
