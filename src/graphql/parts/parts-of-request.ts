import { Dependencies } from '../../cache/index.ts'
import type { Maybe } from '../../catalog/index.ts'
import type { Context } from '../context.ts'
import type { CompiledCut } from './compiled.ts'
import { Part } from './json.ts'
import type { KeptParts, Thing } from './kept-parts.ts'

/** A part cannot be had by itself: the whole operation is to be executed, to say in its place what is wrong. */
export class PartError extends Error {
  override readonly name = 'PartError'
}

/** The parts of what one request reads: those that are kept and hold, and those that are executed for it. */
export class PartsOfRequest {
  readonly #kept: KeptParts
  readonly #context: Context
  readonly #begunAt: number
  readonly #variables: Record<string, unknown>
  readonly #cuts: readonly CompiledCut[]
  readonly #counts = { hit: 0, outdated: 0, fill: 0 }

  constructor(
    kept: KeptParts,
    cuts: readonly CompiledCut[],
    context: Context,
    begunAt: number,
    variables: Record<string, unknown>,
  ) {
    this.#kept = kept
    this.#cuts = cuts
    this.#context = context
    this.#begunAt = begunAt
    this.#variables = variables
  }

  /** Those of one cut: of the things that it is handed, which are of the type that is named with them. */
  of(cutNumber: number): (typeName: string, thing: Thing) => Maybe<Part> {
    const cut = this.#cuts[cutNumber]
    if (cut === undefined) throw new PartError(`there is no cut ${cutNumber}`)
    const { viewer, origin } = this.#context
    const asked = [cut.id, origin, [...viewer.scopes].join(' '), cut.valuesIn(this.#variables)].join('\n')
    const selections = new Map<string, string>()
    return (typeName, thing) => {
      let selection = selections.get(typeName)
      if (selection === undefined) {
        selection = `${typeName}\n${asked}`
        selections.set(typeName, selection)
      }
      return this.#part(cut, selection, typeName, thing)
    }
  }

  /** Counts them. */
  tell(): void {
    const { keeper } = this.#kept
    for (const type of ['hit', 'outdated', 'fill'] as const)
      if (this.#counts[type] > 0) keeper.tell('part', type, this.#counts[type])
    this.#context.tally.hits += this.#counts.hit
  }

  #part(cut: CompiledCut, selection: string, typeName: string, thing: Thing): Maybe<Part> {
    const { reader } = this.#context
    const kept = this.#kept.get(selection, thing)
    if (kept?.thing === thing) {
      if (kept.standing?.holds(this.#begunAt) ?? true) {
        this.#counts.hit += 1
        if (kept.standing !== null) reader.takeDown(kept.standing)
        return kept.part
      }
      this.#counts.outdated += 1
    }
    const dependencies = new Dependencies()
    const result = reader.takingDown(dependencies, () => cut.execute(typeName, thing, this.#context, this.#variables))
    // what has to be read first shares its reading with others: it is kept the next time, when all is at hand
    if (result instanceof Promise) return result.then(partIn)
    const part = partIn(result)
    const standing = dependencies.none ? null : this.#kept.keeper.keep(dependencies)
    if (dependencies.none || standing !== null) {
      this.#counts.fill += 1
      this.#kept.set(selection, { thing, part, standing })
    }
    return part
  }
}

function partIn({ data, errors }: { readonly data?: unknown; readonly errors?: readonly unknown[] }): Part {
  if (errors !== undefined) throw new PartError('it was not executed without errors')
  return new Part(data)
}
