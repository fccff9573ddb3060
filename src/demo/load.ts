import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask } from './client.ts'
import type { Changes } from './changes.ts'
import type { Read } from './reads.ts'
import type { Tally } from './tally.ts'

export interface LoadOptions {
  readonly ask: Ask
  readonly draw: () => Read
  readonly changes: Changes
  readonly tally: Tally
  /** Requests a second at most. */
  readonly rate: number
  /** Whether there is to be more. */
  readonly goesOn: () => boolean
}

// a server that is slower than the rate is not drowned in requests
const mostAtOnce = 32
const changesPerSecond = 3
const stepMs = 50
// answers that tell where they came from are a few: they cost the server a little
const explainedShare = 0.1

/** Asks at a steady rate, and changes something now and then, for as long as it is to go on. */
export async function runLoad({ ask, draw, changes, tally, rate, goesOn }: LoadOptions): Promise<void> {
  const underWay = new Set<Promise<void>>()
  const begun = performance.now()
  let asked = 0
  let changed = 0
  let changing = false

  const read = async (): Promise<void> => {
    const { name, query, variables } = draw()
    tally.add(name, await ask(query, { variables, explained: Math.random() < explainedShare }))
  }
  const change = async (): Promise<void> => {
    changing = true
    const made = await changes.next()
    if (made === null) tally.changesRefused = true
    else tally.add(made.name, { ...made, reads: null })
    changing = false
  }
  const start = (work: Promise<void>): void => {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  while (goesOn()) {
    const seconds = (performance.now() - begun) / 1000
    const due = Math.floor(seconds * rate)
    // what could not be asked in time is not made up for
    for (; asked < due; asked += 1) if (underWay.size < mostAtOnce) start(read())
    if (!changing && changed < seconds * changesPerSecond) {
      changed = Math.floor(seconds * changesPerSecond) + 1
      start(change())
    }
    await sleep(stepMs)
  }
  await Promise.all(underWay)
}
