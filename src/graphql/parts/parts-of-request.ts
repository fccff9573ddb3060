import type { ExecutionResult } from 'graphql'
import { Dependencies } from '../../cache/index.ts'
import type { Maybe } from '../../catalog/index.ts'
import type { Context } from '../context.ts'
import type { CompiledCut } from './compiled-cut.ts'
import type { KeptParts } from './kept-parts.ts'
import { Part, type Parts, type Thing } from './part.ts'

/** A part cannot be had by itself: the whole operation is to be executed, to say in its place what is wrong. */
class PartError extends Error {
  override readonly name = 'PartError'
}

/** What a request asks of the things in one place. */
interface Selection {
  readonly cut: CompiledCut
  readonly typeName: string
  /** All that its parts depend on besides the catalog, as text. */
  readonly asked: string
}

/** The parts of what one request reads: those that are kept and stand, and those that are executed for it. */
export class PartsOfRequest implements Parts {
  readonly #kept: KeptParts
  readonly #context: Context
  readonly #begunAt: number
  readonly #variables: Record<string, unknown>
  readonly #cuts: readonly CompiledCut[]
  readonly #selections = new Map<CompiledCut, Map<string, Selection>>()
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

  part(cutNumber: number, typeName: string, thing: Thing): Maybe<Part> {
    const selection = this.#selection(cutNumber, typeName)
    const kept = this.#kept.get(selection.asked, thing)
    if (kept === undefined) return this.#execute(selection, thing)
    if (kept.freshness !== null) {
      if (!kept.freshness.isFresh(this.#begunAt)) {
        this.#counts.outdated += 1
        return this.#execute(selection, thing)
      }
      this.#context.reader.record(kept.freshness)
    }
    this.#counts.hit += 1
    return kept
  }

  /** Counts them. */
  tell(): void {
    for (const type of ['hit', 'outdated', 'fill'] as const)
      if (this.#counts[type] > 0) this.#kept.keeper.tell(type, this.#counts[type])
    this.#context.tally.hits += this.#counts.hit
  }

  #execute(selection: Selection, thing: Thing): Maybe<Part> {
    const { cut, typeName, asked } = selection
    const dependencies = new Dependencies()
    const result = this.#context.reader.recording(dependencies, () =>
      cut.execute(typeName, thing, this.#context, this.#variables),
    )
    // what has to be read first shares its reading with others: it is kept the next time, when all is at hand
    if (result instanceof Promise) return result.then((executed) => new Part(thing, textOf(executed), null))
    const part = new Part(thing, textOf(result), this.#kept.keeper.keep(dependencies))
    if (part.freshness !== null || dependencies.none) {
      this.#counts.fill += 1
      this.#kept.set(asked, part)
    }
    return part
  }

  #selection(cutNumber: number, typeName: string): Selection {
    const cut = this.#cuts[cutNumber]
    if (cut === undefined) throw new PartError(`there is no cut ${cutNumber}`)
    let ofCut = this.#selections.get(cut)
    if (ofCut === undefined) this.#selections.set(cut, (ofCut = new Map()))
    let selection = ofCut.get(typeName)
    if (selection === undefined) {
      const { viewer, origin } = this.#context
      const asked = [cut.id, typeName, origin, [...viewer.scopes].join(' '), cut.valuesIn(this.#variables)].join('\n')
      selection = { cut, typeName, asked }
      ofCut.set(typeName, selection)
    }
    return selection
  }
}

function textOf({ data, errors }: ExecutionResult): string {
  if (errors !== undefined) throw new PartError('it was not executed without errors')
  return JSON.stringify(data)
}
