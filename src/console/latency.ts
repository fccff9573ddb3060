/** Counts of durations by the bucket they fall in, the index as a text: what JSON carries as it is. */
export type Latency = Record<string, number>

const least = 0.1
const growth = 1.12
const highest = 125

/** Adds one duration, in ms. A bucket is an eighth wider than the one before: what is told is that precise. */
export function addDuration(latency: Latency, ms: number): void {
  const bucket = ms <= least ? 0 : Math.min(highest, Math.ceil(Math.log(ms / least) / Math.log(growth)))
  latency[bucket] = (latency[bucket] ?? 0) + 1
}

export function addLatency(sum: Latency, other: Latency): void {
  for (const [bucket, count] of Object.entries(other)) sum[bucket] = (sum[bucket] ?? 0) + count
}

/** The duration that so many in a hundred were not slower than, in ms; null of nothing. */
export function percentile(latency: Latency, percent: number): number | null {
  const buckets = Object.entries(latency)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([one], [other]) => one - other)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let left = Math.ceil((total * percent) / 100)
  for (const [bucket, count] of buckets) {
    left -= count
    if (left <= 0) return least * growth ** (bucket - 0.5)
  }
  return null
}
