import { run } from './run.ts'
import { report } from './report.ts'

const totals = await run({ seed: 7, forMs: 30_000, faults: { kinds: ['process killed', 'redis killed and restarted'] }, told: console.log })
console.log(report(totals))
process.exit(totals.violations > 0 ? 1 : 0)
