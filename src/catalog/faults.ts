import type { UserError, UserErrorCode } from '../generated/graphql.ts'

/** The path of an input field as clients see it, from the argument on: `['input', 'variants', '0', 'sku']`. */
export type FieldPath = readonly string[]

/** A mutation that its input forbids. Thrown out of the work of a write, it leaves everything as it was. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly userErrors: readonly UserError[]

  constructor(userErrors: readonly UserError[]) {
    super('the input was refused')
    this.userErrors = userErrors
  }
}

/** Everything that is wrong with one mutation's input, so that it can be told at once. */
export class Faults {
  readonly #found: UserError[] = []

  add(code: UserErrorCode, field: FieldPath | null, message: string, currentVersion: number | null = null): void {
    this.#found.push({ code, field: field === null ? null : [...field], message, currentVersion })
  }

  /** @throws Refused where anything has been found */
  refuse(): void {
    if (this.#found.length > 0) throw new Refused(this.#found)
  }

  /** Adds a fault and refuses. */
  fail(code: UserErrorCode, field: FieldPath | null, message: string, currentVersion: number | null = null): never {
    this.add(code, field, message, currentVersion)
    throw new Refused(this.#found)
  }
}
