/** Draws one of the things, the first of them twice as often as the second: as people ask for what a shop sells. */
export function zipf<Thing>(things: readonly Thing[], random: () => number = Math.random): () => Thing {
  const sums: number[] = []
  for (let i = 1, sum = 0; i <= things.length; i += 1) sums.push((sum += 1 / i))
  return () => {
    const drawn = random() * (sums.at(-1) ?? 0)
    return things[sums.findIndex((sum) => sum > drawn)] as Thing
  }
}
