import {
  GraphQLSchema,
  isObjectType,
  type DocumentNode,
  type ExecutionResult,
  type OperationDefinitionNode,
} from 'graphql'
import type { CompiledQuery } from 'graphql-jit'
import type { Context } from '../context.ts'
import { compiled, CompiledCut } from './compiled-cut.ts'
import { cutOperation } from './cut.ts'
import { DataInParts } from './json.ts'
import type { KeptParts } from './kept-parts.ts'
import { withPartFields } from './part-fields.ts'
import { PartsOfRequest } from './parts-of-request.ts'

type Variables = Record<string, unknown>

/** Compiles operations to be executed in parts. */
export class PartCompiler {
  readonly #schema: GraphQLSchema
  readonly #frames: GraphQLSchema
  readonly #kept: KeptParts
  readonly #rooted = new Map<string, GraphQLSchema>()
  #cuts = 0

  constructor(schema: GraphQLSchema, kept: KeptParts) {
    this.#schema = schema
    this.#frames = withPartFields(schema)
    this.#kept = kept
  }

  /** Null where it is to be executed whole. */
  compile(document: DocumentNode, operation: OperationDefinitionNode): OperationInParts | null {
    const cut = cutOperation(this.#schema, document, operation)
    const frame = cut === null ? null : compiled(this.#frames, cut.frame)
    if (cut === null || frame === null) return null
    const rootedAt = (typeName: string): GraphQLSchema => this.#rootedAt(typeName)
    const cuts = cut.cuts.map((each) => new CompiledCut((this.#cuts += 1), each, rootedAt))
    return new OperationInParts(this.#kept, frame, cuts)
  }

  /** The schema with another type as its root. @throws where that is no type of an object */
  #rootedAt(typeName: string): GraphQLSchema {
    let rooted = this.#rooted.get(typeName)
    if (rooted === undefined) {
      const query = this.#schema.getType(typeName)
      if (!isObjectType(query)) throw new Error(`${typeName} is no type of an object`)
      rooted = new GraphQLSchema({ ...this.#schema.toConfig(), query })
      this.#rooted.set(typeName, rooted)
    }
    return rooted
  }
}

/** An operation that is executed in parts. */
export class OperationInParts {
  readonly #kept: KeptParts
  readonly #frame: CompiledQuery
  readonly #cuts: readonly CompiledCut[]

  constructor(kept: KeptParts, frame: CompiledQuery, cuts: readonly CompiledCut[]) {
    this.#kept = kept
    this.#frame = frame
    this.#cuts = cuts
  }

  /**
   * Its data is a DataInParts. Null where anything went wrong: it is to be executed whole, to say what.
   * @param begunAt when the request began, on the clock of performance.now()
   */
  async execute(context: Context, begunAt: number, variables: Variables): Promise<ExecutionResult | null> {
    const parts = new PartsOfRequest(this.#kept, this.#cuts, context, begunAt, variables)
    context.parts = parts
    const { data, errors } = await this.#frame.query(undefined, context, variables)
    parts.tell()
    return errors === undefined ? { data: new DataInParts(data) as never } : null
  }
}
