import { styleText } from 'node:util'
import type { Tally } from './tally.ts'

const columns = ['operation', 'requests', 'p50 ms', 'p99 ms', 'failed']
const widths = [24, 10, 9, 9, 8]

/** The table as lines of text. @param perSecond requests in the last second */
export function tableOf(tally: Tally, secondsLeft: number, perSecond: number): string[] {
  const { reads, hits, faults, changesRefused } = tally
  const ratio = reads === 0 ? '–' : `${((100 * hits) / reads).toFixed(1)} %`
  const left = secondsLeft > 0 ? `${minutesOf(secondsLeft)} left` : 'done'
  const failures = [...faults].map(([fault, count]) => `${fault} ${count}`).join(', ')
  return [
    `  ${perSecond.toFixed(0)} requests/s     ${ratio} from the cache     ${left}`,
    '',
    styleText('dim', lineOf(columns)),
    ...tally
      .rows()
      .map(({ name, requests, p50, p99, failed }) =>
        lineOf([name, requests.toLocaleString('en'), p50.toFixed(1), p99.toFixed(1), String(failed)]),
      ),
    ...(failures === '' ? [] : ['', `  failed: ${failures}`]),
    ...(changesRefused ? ['', '  Changes are refused without a token: the demo reads alone.'] : []),
    '',
  ]
}

/** Draws over what it drew before, where that is a terminal; else it writes a line for every tenth call. */
export function createScreen(output: NodeJS.WriteStream): (lines: readonly string[], last?: boolean) => void {
  let drawn = 0
  let calls = 0
  return (lines, last = false) => {
    if (output.isTTY) {
      const back = drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''
      output.write(`${back}${lines.join('\n')}\n`)
      drawn = lines.length
      return
    }
    if (last) output.write(`${lines.join('\n')}\n`)
    else if (calls++ % 10 === 0) output.write(`${lines[0] ?? ''}\n`)
  }
}

function lineOf(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
  return `  ${padded.join('')}`
}

function minutesOf(seconds: number): string {
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
