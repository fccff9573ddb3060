import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options } from './options.ts'

/** With which of the options a part was measured, and on which day. */
export type Conditions = Pick<Options, 'products' | 'rounds' | 'roundMs' | 'connections' | 'requests'> & {
  readonly date: string
}

interface Part {
  readonly conditions: Conditions
  readonly result: unknown
}

/** What earlier runs have finished, kept in a file, so that a long benchmark can be broken off and go on. */
export class State {
  readonly #path: string
  #parts: Readonly<Record<string, Part>>

  private constructor(path: string, parts: Readonly<Record<string, Part>>) {
    this.#path = path
    this.#parts = parts
  }

  /** @param fresh forgets what there is */
  static async open(folder: string, name: string, fresh: boolean): Promise<State> {
    const path = join(folder, name)
    await mkdir(folder, { recursive: true })
    if (fresh) await rm(path, { force: true })
    const text = await readFile(path, 'utf8').catch(() => '{}')
    return new State(path, withConditions(JSON.parse(text) as Record<string, unknown>))
  }

  /** Measures a part, unless an earlier run has. */
  async part(name: string, options: Options, work: () => Promise<unknown>): Promise<void> {
    if (name in this.#parts) return
    const result = await work()
    const { products, rounds, roundMs, connections, requests } = options
    const date = new Date().toISOString().slice(0, 10)
    const conditions = { date, products, rounds, roundMs, connections, requests }
    this.#parts = { ...this.#parts, [name]: { conditions, result } }
    // written whole or not at all
    await writeFile(`${this.#path}.new`, JSON.stringify(this.#parts, null, 1))
    await rename(`${this.#path}.new`, this.#path)
  }

  /** The parts that have been finished. */
  names(): readonly string[] {
    return Object.keys(this.#parts)
  }

  /** The result of a part, where it has been finished. */
  known(name: string): unknown {
    return this.#parts[name]?.result
  }

  /** How each part was measured. */
  conditions(): readonly (readonly [name: string, conditions: Conditions])[] {
    return Object.entries(this.#parts).map(([name, { conditions }]) => [name, conditions])
  }
}

/** Older builds kept results alone, of which nobody can say what they are of. */
function withConditions(parts: Readonly<Record<string, unknown>>): Readonly<Record<string, Part>> {
  const told = Object.entries(parts).filter(
    (entry): entry is [string, Part] => typeof entry[1] === 'object' && entry[1] !== null && 'conditions' in entry[1],
  )
  return Object.fromEntries(told)
}
