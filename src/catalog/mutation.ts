import { sqlStateOf } from '../database/errors.ts'
import type { UserError } from '../generated/graphql.ts'
import type { CatalogContext } from './context.ts'
import { Faults, Refused } from './faults.ts'
import { globalId, parseGlobalId, type NodeType } from './global-id.ts'
import type { Maybe } from './maybe.ts'
import type { Transaction } from './write.ts'

/** What a mutation does inside its transaction. What is wrong with its input goes to the faults. */
export type Work<Result> = (tx: Transaction, faults: Faults) => Promise<Result>

/**
 * What came of creating or changing one object. Its payload reads it by its id, as it is afterwards: where that fails, it
 * is an error in the object's place, since the change was made.
 */
export interface Changed {
  /** Null where nothing was changed. */
  readonly id: number | null
  readonly userErrors: UserError[]
}

/**
 * Runs a mutation that creates or changes one object.
 * @param work answers with the object's id
 */
export async function change(context: CatalogContext, work: Work<number>): Promise<Changed> {
  const outcome = await attempt(context, work)
  return 'result' in outcome ? { id: outcome.result, userErrors: [] } : { id: null, userErrors: outcome.userErrors }
}

/** The field of a payload that has the changed object. */
export function changed<Row>(read: (context: CatalogContext, id: number) => Maybe<Row | null>) {
  return ({ id }: Changed, _given: object, context: CatalogContext): Maybe<Row | null> =>
    id === null ? null : read(context, id)
}

/** Runs a mutation that deletes the object with this id; the work says whether there was one. */
export async function remove(
  context: CatalogContext,
  type: NodeType,
  id: string,
  work: (tx: Transaction, faults: Faults, id: number) => Promise<boolean>,
): Promise<{ deletedId: string | null; userErrors: UserError[] }> {
  const { id: number } = parseGlobalId(id, 'id', [type])
  const outcome = await attempt(context, async (tx, faults) => {
    if (number === null || !(await work(tx, faults, number))) notFound(faults, ['id'], id)
    return id
  })
  return 'result' in outcome
    ? { deletedId: number === null ? null : globalId(type, number), userErrors: [] }
    : { deletedId: null, userErrors: outcome.userErrors }
}

/** Refuses, because there is nothing with this id. */
export function notFound(faults: Faults, field: readonly string[], id: string): never {
  return faults.fail('NOT_FOUND', field, `There is nothing with the id ${id}`)
}

/** Adds CONFLICT where an object is not in the version that the client expects. */
export function expectVersion(faults: Faults, expected: number | null | undefined, current: number): void {
  if (expected === null || expected === undefined || expected === current) return
  const message = `Expected version ${expected}, but it is in version ${current}: read it again, and decide again`
  faults.add('CONFLICT', ['expectedVersion'], message, current)
}

// of PostgreSQL: no text of a column is as long, but the words of all that a product is searched by may be
const limitExceeded = '54000'
const tooManyWords: UserError = {
  code: 'INVALID',
  field: ['input'],
  message: 'The product would have more words than can be searched: shorten its description',
  currentVersion: null,
}

async function attempt<Result>(
  context: CatalogContext,
  work: Work<Result>,
): Promise<{ result: Result } | { userErrors: UserError[] }> {
  try {
    return { result: await context.write((tx) => work(tx, new Faults())) }
  } catch (error) {
    if (error instanceof Refused) return { userErrors: [...error.userErrors] }
    if (sqlStateOf(error) === limitExceeded) return { userErrors: [tooManyWords] }
    throw error
  }
}
