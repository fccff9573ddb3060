import type { PrismaClient } from '../../generated/prisma/client.ts'
import type { SqlValue } from './order.ts'

/** A question to the database: an SQL expression of type jsonb that may use the columns `q.<name>`, and their values. */
export interface Question {
  readonly sql: string
  readonly values: Readonly<Record<string, SqlValue>>
}

/** What raw SQL needs of the Prisma client. */
export type RawClient = Pick<PrismaClient, '$queryRawUnsafe'>

/**
 * Answers any number of questions in one statement and in their order. Questions with the same SQL share one branch of
 * the statement, over a table `q` of their values; the branches are joined by UNION ALL.
 */
export async function askAll(prisma: RawClient, questions: readonly Question[]): Promise<unknown[]> {
  if (questions.length === 0) return []
  const branches = new Map<string, number[]>()
  questions.forEach((question, slot) => {
    const slots = branches.get(question.sql)
    if (slots === undefined) branches.set(question.sql, [slot])
    else slots.push(slot)
  })
  const parameters: (string | number)[] = []
  const statement = [...branches]
    .map(([sql, slots]) => `SELECT q.slot, ${sql} AS answer FROM ${valuesTable(questions, slots, parameters)} AS q`)
    .join(' UNION ALL ')
  const rows = await prisma.$queryRawUnsafe<{ slot: number; answer: unknown }[]>(statement, ...parameters)
  const answers: unknown[] = Array.from({ length: questions.length }, () => null)
  for (const row of rows) answers[row.slot] = row.answer
  return answers
}

/**
 * The values of one branch as a table. A single row becomes plain parameters, which the planner sees; many travel as one
 * JSON parameter, so that their number is not limited by the 65,535 parameters of a statement.
 */
function valuesTable(
  questions: readonly Question[],
  slots: readonly number[],
  parameters: (string | number)[],
): string {
  const rows = slots.map((slot) => ({ slot, values: Object.entries(questions[slot]?.values ?? {}) }))
  const [only, second] = rows
  if (only !== undefined && second === undefined) {
    const columns = only.values.map(([name, { type, value }]) => {
      parameters.push(bound({ type, value }))
      return `$${parameters.length}::text::${type} AS ${name}`
    })
    return `(SELECT ${[`${only.slot} AS slot`, ...columns].join(', ')})`
  }
  const columns = (only?.values ?? []).map(([name, { type }]) => `${name} ${type}`)
  parameters.push(
    JSON.stringify(
      rows.map(({ slot, values }) => ({
        slot,
        ...Object.fromEntries(values.map(([name, value]) => [name, bound(value)])),
      })),
    ),
  )
  return `(SELECT * FROM jsonb_to_recordset($${parameters.length}::text::jsonb) AS rows (${['slot int4', ...columns].join(', ')}))`
}

function bound({ type, value }: SqlValue): string {
  return type === 'timestamptz' ? new Date(value).toISOString() : String(value)
}
