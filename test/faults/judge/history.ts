/** When something happened: milliseconds of one clock for the whole run. */
export interface Interval {
  readonly begun: number
  readonly ended: number
}

interface Event {
  readonly at: number
  readonly text: string
}

const keptPerKey = 60

/** The last events of each key, for the timeline of a violation. */
export class History {
  readonly #events = new Map<string, Event[]>()

  note(key: string, at: number, text: string): void {
    const events = this.#events.get(key) ?? []
    events.push({ at, text })
    if (events.length > 2 * keptPerKey) events.splice(0, keptPerKey)
    this.#events.set(key, events)
  }

  /** The last events of these keys in their order, one a line, in seconds before `at`. */
  timeline(keys: readonly string[], at: number): string[] {
    return keys
      .flatMap((key) => (this.#events.get(key) ?? []).map((event) => ({ key, ...event })))
      .toSorted((a, b) => a.at - b.at)
      .slice(-keptPerKey)
      .map(({ key, at: when, text }) => `${((when - at) / 1000).toFixed(3).padStart(9)} s  ${key}  ${text}`)
  }

  forget(key: string): void {
    this.#events.delete(key)
  }
}
