import { fileURLToPath } from 'node:url'
import { generator } from '../draw.ts'
import { shares } from '../parts/writes.ts'
import { table } from '../report/markdown.ts'
import { readResults, type Results } from '../report/results.ts'
import { short, summarize } from '../report/summary.ts'
import { State } from '../state.ts'
import { items } from '../work.ts'
import { capacityFor, ceilingOf, type Cost } from './capacity.ts'
import { simulate } from './simulate.ts'

// Prints the tables of docs/scaling.md from what `npm run bench` has measured last.

const clients = 32
const requests = 40_000
const targets = [10_000, 100_000, 1_000_000]
const servers = ['raw-get', 'larder'] as const

const results = readResults(await State.open(fileURLToPath(new URL('../results', import.meta.url)), 'full.json', false))
if (results.speed.length === 0) throw new Error('nothing has been measured yet: run `npm run bench` first')
console.log(`${againstMeasured(results)}\n\n${costs(results)}\n\n${capacities(results)}`)

/** The simulation, fed with CPU time alone, against throughput and latency as they were measured. */
function againstMeasured({ speed }: Results): string {
  const rows = servers.flatMap((server) =>
    items.flatMap((item) => {
      const of = (measure: Parameters<typeof summarize>[3]): number =>
        summarize(speed, server, item, measure)?.median ?? NaN
      if (Number.isNaN(of('cpuMicros'))) return []
      const simulated = simulate(
        [
          { cores: 1, micros: of('cpuMicros') },
          { cores: 1, micros: of('redisCpuMicros') },
        ],
        clients,
        requests,
        generator(1),
      )
      return [
        [
          server,
          item,
          short(of('requestsPerSecond')),
          short(simulated.requestsPerSecond),
          short(of('p50')),
          short(simulated.p50),
        ],
      ]
    }),
  )
  return table(['server', 'query', 'measured, /s', 'simulated, /s', 'p50 measured, ms', 'p50 simulated, ms'], rows)
}

function costUnder({ writes }: Results, share: number): Cost | null {
  const found = writes.find((each) => each.share === share)
  if (found === undefined) return null
  const of = (measure: Parameters<typeof summarize>[3]): number =>
    summarize(found.samples, 'larder', `${share}`, measure)?.median ?? NaN
  const statements = found.statements.find(({ server }) => server === 'larder')?.perRequest ?? NaN
  return { api: of('cpuMicros'), redis: of('redisCpuMicros'), statements }
}

function costs(found: Results): string {
  const rows = shares.flatMap((share) => {
    const cost = costUnder(found, share)
    if (cost === null) return []
    const { api, redis, statements } = cost
    return [
      [`${share * 100}%`, short(api), short(redis), short(statements), short(600_000 / api), short(ceilingOf(cost))],
    ]
  })
  return table(
    ['writes', 'API, µs', 'Redis, µs', 'SQL statements', 'one API core at 60%, /s', 'one Redis at 60%, /s'],
    rows,
  )
}

function capacities(found: Results): string {
  const rows = targets.flatMap((target) =>
    shares.flatMap((share) => {
      const cost = costUnder(found, share)
      if (cost === null) return []
      const { apiCores, redisCores, databaseCores } = capacityFor(target, cost)
      return [
        [target.toLocaleString('en'), `${share * 100}%`, short(apiCores), short(redisCores), short(databaseCores)],
      ]
    }),
  )
  return table(['requests a second', 'writes', 'API cores', 'Redis cores', 'PostgreSQL cores'], rows)
}
