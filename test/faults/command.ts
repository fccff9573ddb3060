import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'
import { report } from './report.ts'
import { runFaults } from './run.ts'
import { control, sabotages } from './teeth/sabotages.ts'
import { isSilent, tryTeeth } from './teeth/teeth.ts'

const usage = `npm run test:faults -- [--minutes M] [--reads N] [--seed S] [--kind NAME …] [--fresh]
npm run test:faults -- --soak [--minutes M] [--seed S]
npm run test:faults -- --teeth [--only TEXT] [--seed S]`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    reads: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string', multiple: true },
    fresh: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    teeth: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
const minutes = Number(values.minutes)
const reads = Number(values.reads)
const seed = Number(values.seed)
if (Number.isNaN(minutes + reads + seed)) throw new Error(usage)

// once: whoever asks a second time does not want to wait until everything has been stopped in good order
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
const common = { seed, stopping: stopping.signal, told: (line: string): void => console.log(line) }

process.exit((values.teeth ? await bites() : await holds()) ? 0 : 1)

/** Whether every sabotage is noticed, and nothing where there is none. */
async function bites(): Promise<boolean> {
  const chosen = sabotages.filter(({ name }) => name.includes(values.only))
  const silent = await isSilent(control, common)
  const { tried, missed } = await tryTeeth(chosen, common)
  console.log(
    `\n${tried - missed.length} of ${chosen.length} sabotages caught${missed.map((name) => `\nNOT CAUGHT ${name}`).join('')}`,
  )
  return silent && chosen.length > 0 && tried === chosen.length && missed.length === 0
}

/** Whether the promises hold: through faults, or, in a soak, over a long time in one world. */
async function holds(): Promise<boolean> {
  const faults = values.kind === undefined ? {} : { kinds: values.kind }
  const totals = values.soak
    ? await runFaults({ ...common, forMs: minutes * 60_000, faults: null })
    : await campaign({ ...common, minutes, reads, fresh: values.fresh, faults })
  if (totals !== null) console.log(report(totals))
  return totals !== null && totals.violations === 0
}
