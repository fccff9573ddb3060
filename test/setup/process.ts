import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** One of Larder's own programs, running as a process of its own. */
export interface RunningProgram {
  readonly child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Waits until it has printed this. @throws where it ends before */
  printed(text: string): Promise<void>
  /** Waits until it serves at this url. @throws where it ends before */
  serves(url: string): Promise<void>
  /** Waits for its end. */
  ended(): Promise<number | null>
}

/**
 * @param input what it reads; null leaves its standard input open
 * @param from the folder of the sources to run, where they are not this very tree
 */
export function runProgram(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  input: string | null = '',
  from: string = root,
): RunningProgram {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: from,
    env: environmentOf(environment),
    stdio: 'pipe',
  })
  if (input !== null) child.stdin.end(input)
  return running(child)
}

/** `npm start`, as a person runs it: its end is that of all that it has started. */
export function npmStart(environment: Readonly<Record<string, string>>): RunningProgram {
  return running(spawn('npm', ['start'], { cwd: root, env: environmentOf(environment), stdio: 'pipe' }))
}

function environmentOf(environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { DATABASE_URL: _d, REDIS_URL: _r, NODE_ENV: _n, ...inherited } = process.env
  return { ...inherited, ...environment }
}

function running(child: ChildProcessWithoutNullStreams): RunningProgram {
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
    async serves(url) {
      const alive = (): Promise<boolean> =>
        fetch(`${url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        )
      while (!(await alive())) {
        const code = await Promise.race([sleep(20, 'more'), ended])
        if (code !== 'more') throw new Error(`ended with ${code} before it served ${url}:\n${output}`)
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
