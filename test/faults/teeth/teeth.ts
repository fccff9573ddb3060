import { runFaults, type RunOptions } from '../run.ts'
import type { Totals } from '../totals.ts'
import { withSabotage, type Sabotage } from './sabotage.ts'

const forMs = 90_000
const controlMs = 45_000
const shownLines = 12

/** Runs a sabotaged copy until its first violation, or until it is clear that nothing notices. */
export function runSabotaged(
  sabotage: Sabotage,
  options: Pick<RunOptions, 'seed' | 'stopping'>,
  longestMs: number = forMs,
): Promise<Totals> {
  return withSabotage(sabotage, (root) =>
    runFaults({ ...sabotage.options, ...options, root, forMs: longestMs, thinkMs: 10, untilViolation: true }),
  )
}

/** Whether a run finds nothing in what is not broken, under the very conditions in which it finds what is. */
export async function isSilent(
  control: Sabotage,
  { told = () => {}, ...options }: Pick<RunOptions, 'seed' | 'stopping' | 'told'>,
): Promise<boolean> {
  told(`\n${control.name}`)
  const { firstViolations, reads } = await runSabotaged(control, options, controlMs)
  const [violation] = firstViolations
  told(violation === undefined ? `  silent in ${reads} judged reads` : `  FALSE ALARM: ${violation.message}`)
  for (const line of violation?.timeline ?? []) told(`      ${line}`)
  return violation === undefined
}

/** Tries these sabotages, one after the other. Returns how many it tried, and the names of those that nothing noticed. */
export async function tryTeeth(
  sabotages: readonly Sabotage[],
  { told = () => {}, ...options }: Pick<RunOptions, 'seed' | 'stopping' | 'told'>,
): Promise<{ tried: number; missed: string[] }> {
  const missed: string[] = []
  let tried = 0
  for (const sabotage of sabotages) {
    if (options.stopping?.aborted === true) break
    tried += 1
    told(`\n${sabotage.name}`)
    const { firstViolations, reads, ms } = await runSabotaged(sabotage, options)
    const [violation] = firstViolations
    if (violation === undefined) {
      missed.push(sabotage.name)
      told(`  NOT CAUGHT in ${reads} judged reads`)
      continue
    }
    const { kind, what, message, readsBefore, timeline } = violation
    told(`  caught after ${readsBefore} judged reads, ${(ms / 1000).toFixed(1)} s: ${kind}: ${what}: ${message}`)
    for (const line of timeline.slice(-shownLines)) told(`      ${line}`)
  }
  return { tried, missed }
}
