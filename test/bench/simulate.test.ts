import { describe, expect, it } from 'vitest'
import { generator } from '../../bench/draw.ts'
import { simulate } from '../../bench/scaling/simulate.ts'

const clients = 32
const requests = 40_000

describe('the simulation', () => {
  it('serves as much as its busiest core can, which is hardly ever idle', () => {
    const stations = [
      { cores: 1, micros: 100 },
      { cores: 1, micros: 5 },
    ]
    const { requestsPerSecond, busy } = simulate(stations, clients, requests, generator(1))
    expect(requestsPerSecond / 10_000).toBeCloseTo(1, 1)
    expect(busy[0]).toBeGreaterThan(0.99)
    expect(busy[1]).toBeCloseTo(0.05, 2)
  })

  it('serves twice as much with twice the cores', () => {
    const one = simulate([{ cores: 1, micros: 100 }], clients, requests, generator(1))
    const two = simulate([{ cores: 2, micros: 100 }], clients, requests, generator(1))
    expect(two.requestsPerSecond / one.requestsPerSecond).toBeCloseTo(2, 1)
  })

  it("lets each request wait for those before it: by Little's law, all clients divided by the throughput", () => {
    // the draws of a closed network with one station add up to its clients times the mean
    const { requestsPerSecond, p50, p99 } = simulate([{ cores: 1, micros: 100 }], clients, requests, generator(1))
    expect((p50 * requestsPerSecond) / 1000 / clients).toBeCloseTo(1, 1)
    expect(p99).toBeGreaterThan(p50)
  })

  it('takes as long as the work where one client is alone', () => {
    const stations = [
      { cores: 1, micros: 100 },
      { cores: 1, micros: 100 },
    ]
    const { requestsPerSecond, busy } = simulate(stations, 1, requests, generator(1))
    expect(requestsPerSecond / 5000).toBeCloseTo(1, 1)
    expect(busy.map((share) => share.toFixed(1))).toEqual(['0.5', '0.5'])
  })

  it('comes out the same for the same draws', () => {
    const run = () => simulate([{ cores: 1, micros: 100 }], clients, 1000, generator(7))
    expect(run()).toEqual(run())
  })
})
