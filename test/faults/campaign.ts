import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runFaults, type RunOptions } from './run.ts'
import { add, type Totals } from './totals.ts'

const folder = fileURLToPath(new URL('../../.faults/', import.meta.url))

export interface CampaignOptions extends Pick<RunOptions, 'faults' | 'stopping' | 'told'> {
  readonly seed: number
  /** What has to be reached, both of them. */
  readonly minutes: number
  readonly reads: number
  /** Forgets what an earlier campaign with this seed has come to. */
  readonly fresh: boolean
}

interface State {
  readonly segments: number
  readonly totals: Totals
}

// each in a new world: what goes wrong can be repeated in minutes, and what was broken off loses no more than that
const segmentMs = 5 * 60_000
const leastMs = 60_000

/** Runs one segment after the other, each with a seed of its own, from where it was left; null where nothing was run. */
export async function campaign(options: CampaignOptions): Promise<Totals | null> {
  const { seed, minutes, reads, fresh, told = () => {}, stopping } = options
  const file = join(folder, `seed-${seed}.json`)
  if (fresh) await rm(file, { force: true })
  let state = await load(file)
  for (;;) {
    if (stopping?.aborted === true) break
    const { ms, reads: done } = state?.totals ?? { ms: 0, reads: 0 }
    const leftMs = minutes * 60_000 - ms
    if (leftMs <= 0 && done >= reads) break
    const segment = (state?.segments ?? 0) + 1
    const forMs = Math.min(segmentMs, leftMs > 0 ? leftMs : leastMs)
    told(`segment ${segment}, ${Math.round(forMs / 1000)} s; so far ${(ms / 60_000).toFixed(1)} min, ${done} reads`)
    const totals = await runFaults({ ...options, seed: derived(seed, segment), forMs })
    state = { segments: segment, totals: state === null ? totals : add(state.totals, totals) }
    await save(file, state)
  }
  return state?.totals ?? null
}

/** The seed of a segment; that of the first is the campaign's own, so that a segment can be repeated by itself. */
function derived(seed: number, segment: number): number {
  return seed + 1000 * (segment - 1)
}

async function load(file: string): Promise<State | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as State)
}

async function save(file: string, state: State): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(state))
  await rename(`${file}.new`, file)
}
