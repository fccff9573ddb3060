const mostNames = 200

/**
 * The names under which operations are counted: `anonymous` without one, `other` past the first 200 that were run. So a
 * client that makes up names fills neither the memory nor the metrics.
 */
export class OperationNames {
  readonly #known: Set<string>
  readonly #most: number

  /** @param registered the names of the operations that are registered: where there are any, no other is known */
  constructor(registered: readonly string[] | null = null) {
    this.#known = new Set(registered)
    this.#most = registered?.length ?? mostNames
  }

  /** @param name of an operation that is run, and so has passed every check */
  labelOf(name: string | null): string {
    if (name === null) return 'anonymous'
    if (this.#known.has(name)) return name
    if (this.#known.size >= this.#most) return 'other'
    this.#known.add(name)
    return name
  }
}
