import type { Sample } from '../parts/speed.ts'

export type Measure = 'cpuMicros' | 'redisCpuMicros' | 'redisCommands' | 'requestsPerSecond' | 'p50' | 'p99'

export interface Summary {
  readonly best: number
  readonly median: number
}

/** What the rounds of one server with one kind of request come to; undefined where there were none. */
export function summarize(
  samples: readonly Sample[],
  server: string,
  item: string,
  measure: Measure,
): Summary | undefined {
  const values = samples
    .filter((sample) => sample.server === server && sample.item === item)
    .map((sample) => sample[measure])
    .toSorted((one, other) => one - other)
  const [least] = values
  const most = values.at(-1)
  if (least === undefined || most === undefined) return undefined
  return { best: measure === 'requestsPerSecond' ? most : least, median: medianOf(values) }
}

/** Of an even number of values, the mean of the two in the middle. */
function medianOf(sorted: readonly number[]): number {
  const half = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  return (low + high) / 2
}

/** A number with as many digits as it is good for. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  if (value >= 100) return value.toLocaleString('en', { maximumFractionDigits: 0 })
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)))
}

/** The best round and, in brackets, the median one. */
export function bestAndMedian(summary: Summary | undefined): string {
  return summary === undefined ? '' : `${short(summary.best)} (${short(summary.median)})`
}
