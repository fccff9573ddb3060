import { readFileSync } from 'node:fs'

/** How many states docs/guarantees.md says that an exploration visits; NaN where it says nothing of it. */
export function statedStates(exploration: string): number {
  const page = readFileSync(new URL('../../docs/guarantees.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (.+?) \| ([\d,]+) \|$/gm)]
  const [, , states = 'none'] = rows.find(([, name]) => name === exploration) ?? []
  return Number(states.replaceAll(',', ''))
}
