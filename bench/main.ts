import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chosen, Stands, type Bench } from './bench.ts'
import { readOptions, type Options, type PartName } from './options.ts'
import { checkEqual } from './parts/equal.ts'
import { measureCold, measureStampede } from './parts/cold.ts'
import { measureProcesses, measureRows, measureSize, processCounts } from './parts/growth.ts'
import { measureHits } from './parts/hits.ts'
import { measurePace } from './parts/pace.ts'
import { measureSpeed } from './parts/speed.ts'
import { measureStale } from './parts/stale.ts'
import { measureUnderWrites, shares } from './parts/writes.ts'
import type { Peer } from './peers.ts'
import { pinSelf } from './pin.ts'
import { writeReport } from './report/report.ts'
import { Postgres } from './services.ts'
import { State } from './state.ts'
import { readSubjects, Work } from './work.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const results = join(here, 'results')

/** Installs what the benchmark alone needs, and compiles what it starts. */
function prepare(): void {
  const npm = (...args: readonly string[]): void => {
    execFileSync('npm', [...args, '--silent'], { cwd: join(here, '..'), stdio: 'inherit' })
  }
  if (!existsSync(join(here, 'node_modules'))) npm('ci', '--prefix', 'bench')
  npm('run', 'build')
  execFileSync(process.execPath, [join(here, '../node_modules/typescript/bin/tsc'), '-p', join(here, 'servers')], {
    stdio: 'inherit',
  })
}

type Once = (name: string, part: PartName, work: () => Promise<unknown>) => Promise<void>

/** What is measured on one process of each server. */
async function measureSingle({ bench, stands, once }: Task): Promise<void> {
  const { options, work } = bench
  const all = chosen(options)
  await once('equal', 'equal', async () => checkEqual(await stands.of(all), work))
  await once('speed', 'speed', async () => measureSpeed(bench, await stands.of(all)))
  await once('rows', 'rows', async () =>
    measureRows(bench, await stands.of(chosen(options, 'raw-mget', 'larder', 'textbook'))),
  )
  await once('cold', 'cold', async () => measureCold(bench, await stands.of(all)))
  for (const share of shares) {
    await once(`writes ${share}`, 'writes', async () =>
      measureUnderWrites(bench, await stands.of(writing(options)), share),
    )
    await once(`hits ${share}`, 'writes', async () => {
      const [stand] = await stands.of(chosen(options, 'larder'))
      return stand === undefined ? null : measureHits(bench, stand, share)
    })
  }
  await once('pace', 'pace', async () => measurePace(bench, await stands.of(chosen(options, 'larder'))))
}

/** What is measured on two processes of each server. */
async function measureDouble({ bench, stands, once }: Task): Promise<void> {
  const { options } = bench
  await once('stampede', 'stampede', async () => measureStampede(bench, await stands.of(chosen(options))))
  for (const peer of writing(options)) {
    await once(`stale ${peer.name}`, 'stale', async () => {
      const [stand] = await stands.of([peer])
      if (stand === undefined) return null
      return measureStale(bench, stand).catch((error: unknown) => {
        bench.tell(`stale ${peer.name}: ${String(error)}`)
        return null
      })
    })
  }
}

async function measureGrowth({ bench, once }: Task): Promise<void> {
  for (const count of processCounts) await once(`processes ${count}`, 'processes', () => measureProcesses(bench, count))
  for (const size of bench.options.sizes) await once(`size ${size}`, 'sizes', () => measureSize(bench, size))
}

interface Task {
  readonly bench: Bench
  readonly stands: Stands
  readonly once: Once
}

function writing(options: Options): readonly Peer[] {
  return chosen(options).filter(({ writes }) => writes)
}

async function measureAll(bench: Bench, state: State): Promise<void> {
  const once: Once = async (name, part, work) => {
    if (bench.options.parts.includes(part)) await state.part(name, bench.options, work)
  }
  for (const [processes, measure] of [
    [1, measureSingle],
    [2, measureDouble],
    [1, measureGrowth],
  ] as const) {
    const stands = new Stands(bench, { processes })
    try {
      await measure({ bench, stands, once })
    } finally {
      await stands.stop()
    }
  }
}

function readOptionsOrEnd(): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
}

const options = readOptionsOrEnd()
const begun = performance.now()
const tell = (line: string): void =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}`)
prepare()
pinSelf()
const postgres = new Postgres(results)
const state = await State.open(results, options.quick ? 'quick.json' : 'full.json', options.fresh || options.quick)
await postgres.start()
// Ctrl-C breaks the measuring off, and everything that was started is stopped
const brokenOff = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => reject(new Error(`ended by ${signal}`)))
})
try {
  tell(`a catalog of ${options.products} products`)
  const subjects = await readSubjects(await postgres.catalog(options.products))
  await Promise.race([measureAll({ options, postgres, work: new Work(subjects), tell }, state), brokenOff])
} finally {
  await postgres.stop()
}
await writeReport(state, options, results)
