import { Kind, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit'
import type { Maybe } from '../../catalog/index.ts'
import type { Context } from '../context.ts'
import type { Cut } from './cut.ts'
import type { Thing } from './part.ts'

type Variables = Record<string, unknown>

/** What is selected of the things in one place. It is compiled for each type that is found there. */
export class CompiledCut {
  /** Another one for each cut of each operation. */
  readonly id: number
  readonly #rootedAt: (typeName: string) => GraphQLSchema
  readonly #cut: Cut
  readonly #queries = new Map<string, CompiledQuery>()

  /** @param rootedAt the schema with another type as its root */
  constructor(id: number, cut: Cut, rootedAt: (typeName: string) => GraphQLSchema) {
    this.#rootedAt = rootedAt
    this.id = id
    this.#cut = cut
  }

  /** The values of the variables that it uses, as text. */
  valuesIn(variables: Variables): string {
    return this.#cut.variables.map((name) => JSON.stringify(variables[name]) ?? '').join('\n')
  }

  /** @throws where it cannot be compiled */
  execute(typeName: string, thing: Thing, context: Context, variables: Variables): Maybe<ExecutionResult> {
    let query = this.#queries.get(typeName)
    if (query === undefined) {
      const found = compiled(this.#rootedAt(typeName), this.#cut.operation)
      if (found === null) throw new Error(`what is selected of ${typeName} cannot be compiled`)
      query = found
      this.#queries.set(typeName, query)
    }
    return query.query(thing, context, variables)
  }
}

/** Null where it cannot be compiled. */
export function compiled(schema: GraphQLSchema, operation: OperationDefinitionNode): CompiledQuery | null {
  const query = compileQuery(schema, { kind: Kind.DOCUMENT, definitions: [operation] }, operation.name?.value)
  return isCompiledQuery(query) ? query : null
}
