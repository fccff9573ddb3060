import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { until } from '../setup/until.ts'

const module = new URL('../../src/start/log-stream.ts', import.meta.url).href
const routine = (line: number): string => `{"level":30,"line":${line}}\n`
const warning = '{"level":40,"line":2}\n'

/** Runs a process that logs, and gathers what it has written. */
function logging(work: string): { child: ChildProcess; output: () => string } {
  const program = `
    import { logStream } from ${JSON.stringify(module)}
    const log = await logStream({ NODE_ENV: 'production' })
    ${work}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program])
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return { child, output: () => text }
}

it('what is routine is written soon, while the process goes on', async () => {
  const { child, output } = logging(`log.write(${JSON.stringify(routine(1))}); process.stdin.resume()`)
  await until(() => output() === routine(1))
  child.stdin?.end()
  await once(child, 'close')
  expect(output()).toBe(routine(1))
})

it('what is still gathered is written when the process ends', async () => {
  const { child, output } = logging(`log.write(${JSON.stringify(routine(1))}); process.exit()`)
  await once(child, 'close')
  expect(output()).toBe(routine(1))
})

it('what is wrong is written at once, after what came before, even if the process is killed', async () => {
  const { child, output } = logging(`
    log.write(${JSON.stringify(routine(1))})
    log.write(${JSON.stringify(warning)})
    process.kill(process.pid, 'SIGKILL')`)
  await once(child, 'close')
  expect(output()).toBe(routine(1) + warning)
})
