import { mostSlots, slotMs, type Tick } from './tick.ts'

/** What all instances have told of the last ten minutes, by slot. */
export class History {
  /** Slot, then instance. */
  readonly #slots = new Map<number, Map<string, Tick>>()

  add(tick: Tick): void {
    const slot = this.#slots.get(tick.at) ?? new Map<string, Tick>()
    slot.set(tick.instance.id, tick)
    this.#slots.set(tick.at, slot)
  }

  /** Forgets what is older than ten minutes, and what claims to come from the future. */
  trim(now: number): void {
    for (const at of this.#slots.keys()) {
      if (at <= now - mostSlots * slotMs || at > now + slotMs) this.#slots.delete(at)
    }
  }

  /** The slots since a time, oldest first, each with what every instance told of it. */
  since(at: number): readonly (readonly Tick[])[] {
    return [...this.#slots]
      .filter(([each]) => each >= at)
      .toSorted(([one], [other]) => one - other)
      .map(([, ticks]) => [...ticks.values()])
  }
}
