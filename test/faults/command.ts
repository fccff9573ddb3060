import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'
import { report } from './report.ts'

const usage = 'npm run test:faults -- [--minutes M] [--reads N] [--seed S] [--kind NAME …] [--fresh]'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    reads: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string', multiple: true },
    fresh: { type: 'boolean', default: false },
  },
})
const [minutes, reads, seed] = [values.minutes, values.reads, values.seed].map(Number)
if (minutes === undefined || reads === undefined || seed === undefined || Number.isNaN(minutes + reads + seed)) {
  throw new Error(usage)
}

// once: whoever asks a second time does not want to wait until everything has been stopped in good order
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

const totals = await campaign({
  seed,
  minutes,
  reads,
  fresh: values.fresh,
  faults: values.kind === undefined ? {} : { kinds: values.kind },
  stopping: stopping.signal,
  told: (line) => console.log(line),
})
if (totals !== null) console.log(report(totals))
process.exit(totals === null || totals.violations > 0 ? 1 : 0)
