import { describe, expect, it } from 'vitest'
import type { Sample } from '../../bench/parts/speed.ts'
import { short, summarize } from '../../bench/report/summary.ts'

function round(cpuMicros: number, more: Partial<Sample> = {}): Sample {
  return {
    server: 'larder',
    item: 'Q1',
    round: 1,
    answered: 1,
    cpuMicros,
    redisCpuMicros: 0,
    redisCommands: 0,
    requestsPerSecond: 1e6 / cpuMicros,
    p50: 0,
    p99: 0,
    ...more,
  }
}

describe('what rounds come to', () => {
  it('has the value in the middle of an odd number of rounds as its median', () => {
    expect(summarize([round(50), round(10), round(30)], 'larder', 'Q1', 'cpuMicros')).toEqual({ best: 10, median: 30 })
  })

  it('has the mean of the two in the middle of an even number of rounds as its median', () => {
    const rounds = [90, 10, 40, 20].map((micros) => round(micros))
    expect(summarize(rounds, 'larder', 'Q1', 'cpuMicros')).toEqual({ best: 10, median: 30 })
  })

  it('is what the only round was', () => {
    expect(summarize([round(7)], 'larder', 'Q1', 'cpuMicros')).toEqual({ best: 7, median: 7 })
  })

  it('has the most requests a second as its best, and the least of everything else', () => {
    const rounds = [round(100), round(200)]
    expect(summarize(rounds, 'larder', 'Q1', 'requestsPerSecond')).toEqual({ best: 10_000, median: 7500 })
    expect(summarize(rounds, 'larder', 'Q1', 'cpuMicros')?.best).toBe(100)
  })

  it('leaves out other servers and other kinds of requests, and is nothing where there are no rounds', () => {
    const rounds = [round(1, { server: 'textbook' }), round(2, { item: 'Q2' }), round(3)]
    expect(summarize(rounds, 'larder', 'Q1', 'cpuMicros')).toEqual({ best: 3, median: 3 })
    expect(summarize(rounds, 'larder', 'Q3', 'cpuMicros')).toBeUndefined()
  })
})

describe('a short number', () => {
  it.each([
    [undefined, ''],
    [NaN, ''],
    [0.012_34, '0.012'],
    [4.567, '4.57'],
    [99.94, '99.9'],
    [12_345.6, '12,346'],
  ])('shows %s as "%s"', (value, shown) => {
    expect(short(value)).toBe(shown)
  })
})
