import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What earlier runs have finished, kept in a file, so that a long benchmark can be broken off and go on. */
export class State {
  readonly #path: string
  #parts: Record<string, unknown>

  private constructor(path: string, parts: Record<string, unknown>) {
    this.#path = path
    this.#parts = parts
  }

  /** @param fresh forgets what there is */
  static async open(folder: string, name: string, fresh: boolean): Promise<State> {
    const path = join(folder, name)
    await mkdir(folder, { recursive: true })
    if (fresh) await rm(path, { force: true })
    const text = await readFile(path, 'utf8').catch(() => '{}')
    return new State(path, JSON.parse(text) as Record<string, unknown>)
  }

  /** The result of a part: that of an earlier run, else that of the work. */
  async part<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const known = this.#parts[name]
    if (known !== undefined) return known as Result
    const result = await work()
    this.#parts = { ...this.#parts, [name]: result }
    // written whole or not at all
    await writeFile(`${this.#path}.new`, JSON.stringify(this.#parts, null, 1))
    await rename(`${this.#path}.new`, this.#path)
    return result
  }

  /** The parts that have been finished. */
  names(): readonly string[] {
    return Object.keys(this.#parts)
  }

  /** The result of a part, where it has been finished. */
  known(name: string): unknown {
    return this.#parts[name]
  }
}
