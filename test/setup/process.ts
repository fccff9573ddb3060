import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** One of Larder's own programs, running as a process of its own. */
export interface RunningProgram {
  readonly child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Waits until it has printed this. @throws where it ends before */
  printed(text: string): Promise<void>
  /** Waits for its end. */
  ended(): Promise<number | null>
}

/** @param from the folder of the sources to run, where they are not this very tree */
export function runProgram(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  input?: string,
  from: string = root,
): RunningProgram {
  const { DATABASE_URL: _d, REDIS_URL: _r, NODE_ENV: _n, ...inherited } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: from,
    env: { ...inherited, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input ?? '')
  let output = ''
  const ended = once(child, 'close').then(([code]) => code as number | null)
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
      child.emit('output')
    })
  }
  return {
    child,
    output: () => output,
    async printed(text) {
      while (!output.includes(text)) {
        const code = await Promise.race([once(child, 'output').then(() => 'more'), ended])
        if (code !== 'more' && !output.includes(text))
          throw new Error(`ended with ${code} before it printed "${text}":\n${output}`)
      }
    },
    ended: () => ended,
  }
}

/** Whether a process with this number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
