interface Step {
  readonly at: number
  readonly value: number
}

const keptMs = 120_000

/** A number that only rises, and since when it has been how high. */
export class Rising {
  readonly #steps: Step[]

  constructor(value: number, at: number) {
    this.#steps = [{ at, value }]
  }

  /** Steps come in the order of their times. */
  raise(value: number, at: number): void {
    if (value <= this.now) return
    this.#steps.push({ at, value })
    if (this.#steps.length > 1000) {
      const keep = this.#steps.findLastIndex((step) => step.at < at - keptMs)
      if (keep > 0) this.#steps.splice(0, keep)
    }
  }

  get now(): number {
    return this.#steps.at(-1)?.value ?? 0
  }

  /** How high it was at a moment. */
  at(time: number): number {
    const step = this.#steps.findLast((each) => each.at <= time) ?? this.#steps[0]
    return step?.value ?? 0
  }
}
