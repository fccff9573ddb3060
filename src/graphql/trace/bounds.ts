/** How much a trace holds, so that explaining an answer costs no more than a multiple of the answer. */
export const most = {
  steps: 40,
  batches: 15,
  commands: 30,
  entries: 10,
  loads: 5,
  statements: 20,
  rows: 30,
  keys: 20,
} as const

const longestSql = 400
const longestValue = 100

/** A list that keeps the first so many, and counts the others. */
export class Bounded<Item> {
  readonly items: Item[] = []
  readonly #most: number
  omitted = 0

  constructor(mostItems: number) {
    this.#most = mostItems
  }

  add(item: Item): void {
    if (this.items.length < this.#most) this.items.push(item)
    else this.omitted += 1
  }

  /** As it is shown: under its name, with how many were left out where some were; not at all without any. */
  shown(name: string, show: (item: Item) => unknown = (item) => item): object {
    if (this.items.length === 0) return {}
    return {
      [name]: this.items.map(show),
      ...(this.omitted > 0 ? { [`${name}Omitted`]: this.omitted } : {}),
    }
  }
}

export function shortSql(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length > longestSql ? `${line.slice(0, longestSql)}…` : line
}

/** A value of a column. */
export function shortValue(value: unknown): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : value
}

/** To hundredths of a millisecond. */
export function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
