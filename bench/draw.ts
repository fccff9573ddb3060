/** The same numbers in every run. */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Places from 0, drawn from Zipf(1.0): the first comes up twice as often as the second. */
export function zipf(count: number, random: () => number): () => number {
  const sums: number[] = []
  for (let i = 1, sum = 0; i <= count; i += 1) sums.push((sum += 1 / i))
  const total = sums.at(-1) ?? 0
  return () => {
    const drawn = random() * total
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < drawn) low = middle + 1
      else high = middle
    }
    return low
  }
}
