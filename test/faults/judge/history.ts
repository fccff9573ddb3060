/** When something happened: milliseconds of one clock for the whole run. */
export interface Interval {
  readonly begun: number
  readonly ended: number
}

interface Event {
  readonly at: number
  readonly text: string
  readonly detail: string
  /** How often the same came again, and when for the last time. */
  again: number
  until: number
}

const keptPerKey = 40

/** The last events of each key, for the timeline of a violation. */
export class History {
  readonly #events = new Map<string, Event[]>()

  /** @param detail what may differ where the same happens again and again, which is kept once */
  note(key: string, at: number, text: string, detail = ''): void {
    const events = this.#events.get(key) ?? []
    this.#events.set(key, events)
    const last = events.at(-1)
    if (last?.text === text) {
      last.again += 1
      last.until = at
      return
    }
    events.push({ at, text, detail, again: 0, until: at })
    if (events.length > 2 * keptPerKey) events.splice(0, keptPerKey)
  }

  /** The last events of these keys in their order, one a line, in seconds before `at`. */
  timeline(keys: readonly string[], at: number): string[] {
    const before = (when: number): string => `${((when - at) / 1000).toFixed(3)} s`
    return keys
      .flatMap((key) => (this.#events.get(key) ?? []).map((event) => ({ key, ...event })))
      .toSorted((a, b) => a.at - b.at)
      .slice(-keptPerKey)
      .map(({ key, at: when, text, detail, again, until }) =>
        [
          before(when).padStart(11),
          key,
          text,
          detail,
          again === 0 ? '' : `(and ${again} more times, the last at ${before(until)})`,
        ]
          .filter((part) => part !== '')
          .join('  '),
      )
  }

  forget(key: string): void {
    this.#events.delete(key)
  }
}
