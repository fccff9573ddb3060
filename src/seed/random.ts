/**
 * A reproducible source of choices: the same seed yields the same sequence everywhere. The generator is sfc32 of the PractRand
 * suite by Chris Doty-Humphrey, seeded through a 32-bit mixer.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(...seeds: readonly number[]) {
    let state = 0x9e37_79b9
    for (const seed of seeds) state = mixed(state ^ mixed(seed | 0))
    this.#a = mixed(state ^ 1)
    this.#b = mixed(state ^ 2)
    this.#c = mixed(state ^ 3)
    for (let i = 0; i < 12; i += 1) this.next()
  }

  /** From 0, included, to 1, excluded. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.next() * values.length)]
    if (value === undefined) throw new Error('pick takes a list of at least one value, but received an empty one')
    return value
  }

  /** Some of the values, in their order. */
  some<Value>(values: readonly Value[], count: number): Value[] {
    const left = [...values.keys()]
    while (left.length > count) left.splice(Math.floor(this.next() * left.length), 1)
    return left.map((i) => values[i] as Value)
  }

  /** One of the values, the first ones far more often: the n-th about n times as rarely as the first. */
  skewed<Value>(values: readonly Value[]): Value {
    const index = Math.floor((values.length + 1) ** this.next()) - 1
    return values[Math.min(index, values.length - 1)] as Value
  }
}

/** The finalizer of MurmurHash3, by Austin Appleby: every bit of the input moves every bit of the output. */
function mixed(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return h ^ (h >>> 16)
}
