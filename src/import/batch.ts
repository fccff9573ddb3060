import type pg from 'pg'
import type { Candidate } from './line.ts'
import { plan, type Outcome } from './plan.ts'
import { readState } from './state.ts'
import { write } from './write.ts'

/** How a batch is made one: a transaction of its own, or a savepoint in one that spans the whole import. */
export type Unit = 'transaction' | 'savepoint'

const brackets = {
  transaction: { begin: 'BEGIN', keep: 'COMMIT', undo: 'ROLLBACK' },
  savepoint: { begin: 'SAVEPOINT batch', keep: 'RELEASE batch', undo: 'ROLLBACK TO batch; RELEASE batch' },
} as const

const mostAttempts = 5

/**
 * Stores a batch, whole. Where the database refuses something that no line shows by itself, such as a cycle of categories,
 * the batch is halved until the line that is refused stands alone; the others are stored.
 */
export async function storeBatch(
  client: pg.Client,
  lines: readonly Candidate[],
  unit: Unit,
): Promise<readonly Outcome[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptBatch(client, lines, unit)
    } catch (error) {
      if (isRace(error) && unit === 'transaction' && attempt < mostAttempts) continue
      if (!isRefusal(error)) throw error
      const [line] = lines
      if (line !== undefined && lines.length === 1) return [refused(line, error as Error)]
      const middle = Math.ceil(lines.length / 2)
      const before = await storeBatch(client, lines.slice(0, middle), unit)
      return [...before, ...(await storeBatch(client, lines.slice(middle), unit))]
    }
  }
}

async function attemptBatch(client: pg.Client, lines: readonly Candidate[], unit: Unit): Promise<readonly Outcome[]> {
  const { begin, keep, undo } = brackets[unit]
  await client.query(begin)
  try {
    const { outcomes, writes } = plan(lines, await readState(client, lines))
    await write(client, writes)
    await client.query(keep)
    return outcomes
  } catch (error) {
    await client.query(undo)
    throw error
  }
}

function refused({ place, content, notes }: Candidate, error: Error): Outcome {
  return { place, result: 'rejected', faults: [{ field: content.kind, reason: error.message }], notes }
}

/** Lost against another transaction: the next attempt sees what that one did. */
function isRace(error: unknown): boolean {
  return ['40001', '40P01', '23505'].includes(codeOf(error))
}

/** PostgreSQL's classes 22, 23 and 54: the data itself is refused, or there is too much of it in one row. */
function isRefusal(error: unknown): boolean {
  return /^(22|23|54)/.test(codeOf(error))
}

function codeOf(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? ''
}
