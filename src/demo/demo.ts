import { changesOf } from './changes.ts'
import { connectTo } from './client.ts'
import { runLoad } from './load.ts'
import { visitors } from './reads.ts'
import { lookRound } from './shop.ts'
import { tableOf } from './table.ts'
import { Tally } from './tally.ts'
import type { DemoArguments } from './arguments.ts'

const drawEveryMs = 1000

/**
 * Visits a shop as people do, for some minutes: skewed reads, a few changes, each of which is taken back.
 * @param show is given the table once a second, and at the end
 * @param interrupted ends it early; the changes are taken back all the same
 * @throws StartError where there is nothing to visit
 */
export async function runDemo(
  { url, minutes, rate }: DemoArguments,
  show: (lines: readonly string[], last?: boolean) => void,
  interrupted: AbortSignal,
): Promise<Tally> {
  const ask = connectTo(url)
  const shop = await lookRound(ask)
  const changes = changesOf(ask, shop)
  const tally = new Tally()
  const ends = performance.now() + minutes * 60_000
  let before = 0
  const timer = setInterval(() => {
    show(tableOf(tally, (ends - performance.now()) / 1000, tally.requests - before))
    before = tally.requests
  }, drawEveryMs)
  const begun = performance.now()
  try {
    const goesOn = (): boolean => !interrupted.aborted && performance.now() < ends
    await runLoad({ ask, draw: visitors(shop), changes, tally, rate, goesOn })
  } finally {
    clearInterval(timer)
    await changes.undo()
  }
  show(tableOf(tally, 0, tally.requests / ((performance.now() - begun) / 1000)), true)
  return tally
}
