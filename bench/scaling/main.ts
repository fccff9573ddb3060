import { fileURLToPath } from 'node:url'
import { generator } from '../draw.ts'
import { full } from '../parts/pace.ts'
import { shares } from '../parts/writes.ts'
import { table } from '../report/markdown.ts'
import { readResults, type Results } from '../report/results.ts'
import { short, summarize, type Measure } from '../report/summary.ts'
import { State } from '../state.ts'
import { items } from '../work.ts'
import { capacityFor, ceilingOf, statementMicros, type Cost } from './capacity.ts'
import { simulate } from './simulate.ts'

// Prints the tables of docs/scaling.md from what `npm run bench` has measured last.

const clients = 32
const requests = 40_000
const targets = [10_000, 100_000, 1_000_000]
const servers = ['raw-get', 'larder'] as const

const results = readResults(await State.open(fileURLToPath(new URL('../results', import.meta.url)), 'full.json', false))
if (results.speed.length === 0 || results.pace.length === 0)
  throw new Error('the parts speed, writes and pace have not been measured yet: run `npm run bench` first')
console.log([againstMeasured, fullAndPaced, costs, capacities].map((tell) => tell(results)).join('\n\n'))

/** The simulation, fed with CPU time alone, against throughput and latency as they were measured. */
function againstMeasured({ speed }: Results): string {
  const rows = servers.flatMap((server) =>
    items.flatMap((item) => {
      const of = (measure: Measure): number => summarize(speed, server, item, measure)?.median ?? NaN
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

/** What a request costs a process that is asked without a pause, and one that is busy for 60% of the time. */
function fullAndPaced({ pace }: Results): string {
  const rows = [...items, ...shares].map((kind) => {
    const of = (item: string, measure: Measure): string => short(summarize(pace, 'larder', item, measure)?.median)
    const both = (measure: Measure): string => `${of(full(kind), measure)}, ${of(`${kind}`, measure)}`
    return [
      typeof kind === 'number' ? `all but Q4, ${kind * 100}% writes` : kind,
      both('cpuMicros'),
      both('redisCommands'),
      both('redisCpuMicros'),
      of(`${kind}`, 'requestsPerSecond'),
      `${of(`${kind}`, 'p50')}, ${of(`${kind}`, 'p99')}`,
    ]
  })
  return table(
    [
      'Larder',
      'API, µs: full, at 60%',
      'Redis commands: full, at 60%',
      'Redis, µs: full, at 60%',
      'requests a second at 60%',
      'p50, p99 at 60%, ms',
    ],
    rows,
  )
}

/** At 60%, as the cores are that are counted with it. */
function costUnder({ pace, writes }: Results, share: number): Cost {
  const of = (measure: Measure): number => summarize(pace, 'larder', `${share}`, measure)?.median ?? NaN
  const counted = writes.find((each) => each.share === share)?.statements
  const statements = counted?.find(({ server }) => server === 'larder')?.perRequest ?? NaN
  return { api: of('cpuMicros'), redis: of('redisCpuMicros'), statements }
}

function costs(found: Results): string {
  const rows = shares.map((share) => {
    const cost = costUnder(found, share)
    const { api, redis, statements } = cost
    return [
      `${share * 100}%`,
      short(api),
      short(redis),
      short(statements),
      short(600_000 / api),
      short(ceilingOf(cost)),
    ]
  })
  return table(
    ['writes', 'API, µs', 'Redis, µs', 'SQL statements', 'one API core at 60%, /s', 'one Redis at 60%, /s'],
    rows,
  )
}

function capacities(found: Results): string {
  const rows = targets.flatMap((target) =>
    shares.map((share) => {
      const { apiCores, redisCores, databaseCores } = capacityFor(target, costUnder(found, share))
      return [target.toLocaleString('en'), `${share * 100}%`, short(apiCores), short(redisCores), short(databaseCores)]
    }),
  )
  const database = `PostgreSQL cores, at an assumed ${statementMicros} µs a statement`
  return table(['requests a second', 'writes', 'API cores', 'Redis cores', database], rows)
}
