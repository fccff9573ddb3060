import type { Interval } from './history.ts'
import type { RowWrite } from './row.ts'

interface Addition {
  readonly delta: number
  readonly write: RowWrite
}

const keptMs = 120_000

/** A number that many add to at once: what a read shows lies between what was surely added and what may have been. */
export class Counter {
  #base: number
  #additions: Addition[] = []

  constructor(first: number) {
    this.#base = first
  }

  begin(delta: number, write: RowWrite): void {
    this.#additions.push({ delta, write })
    const settled = this.#additions.filter(
      ({ write: { outcome, ended } }) =>
        outcome === 'refused' || (outcome === 'done' && ended !== null && ended < write.begun - keptMs),
    )
    for (const { delta: added, write: of } of settled) if (of.outcome === 'done') this.#base += added
    this.#additions = this.#additions.filter((each) => !settled.includes(each))
  }

  bounds({ begun, ended }: Interval): { least: number; most: number } {
    let least = this.#base
    let most = this.#base
    for (const { delta, write } of this.#additions) {
      const isSure = write.outcome === 'done' && write.ended !== null && write.ended <= begun
      const isPossible = write.outcome !== 'refused' && write.begun < ended
      if (isSure || (isPossible && delta < 0)) least += delta
      if (isSure || (isPossible && delta > 0)) most += delta
    }
    return { least, most }
  }
}
