import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A user to run as instead of root, which PostgreSQL refuses. */
interface User {
  readonly uid: number
  readonly gid: number
}

/**
 * Whom PostgreSQL's programs run as: null means this very user. As root it is `nobody`, who owns the data but may not be
 * able to pass the folders above it, as those below /root or a private temporary folder; then he is given the one
 * capability that lets him.
 */
export function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody')
  return { uid: Number(entry?.[2] ?? 65_534), gid: Number(entry?.[3] ?? 65_534) }
}

/**
 * Runs a program to its end as the user that PostgreSQL may run as.
 * @throws where it fails, with what it printed
 */
export async function runUnprivileged(program: string, args: readonly string[]): Promise<string> {
  const user = unprivilegedUser()
  if (user === null) return output(program, args)
  // the folder to stand in is one that everybody may enter, so that nothing depends on where this process stands
  const plain = await run(program, ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
  if (plain && (await reaches(user, args))) return output(program, args, { ...user, cwd: '/' })
  const drop = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const pass = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return output('setpriv', [...drop, ...pass, program, ...args], { cwd: '/' })
}

/** Whether the user can enter the folders that a program is told to work in. */
async function reaches(user: User, args: readonly string[]): Promise<boolean> {
  const folder = args[args.indexOf('-D') + 1] ?? '/'
  return run('test', ['-x', folder], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function output(program: string, args: readonly string[], options: object = {}): Promise<string> {
  try {
    const { stdout } = await run(program, [...args], options)
    return stdout
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string }
    throw new Error(`${program} failed: ${stderr.trim() || stdout.trim() || message}`, { cause: error })
  }
}
