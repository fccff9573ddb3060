import type pg from 'pg'
import { storeBatch, type Unit } from './batch.ts'
import { parseLine, type Candidate } from './line.ts'
import type { RawLine } from './lines.ts'
import type { Outcome } from './plan.ts'
import { createStage, readStage, stage } from './stage.ts'

export interface ImportOptions {
  /** Refuse everything where a single line is rejected. */
  readonly strict: boolean
  /** Hears of every line, in the order in which they are decided. */
  onOutcome(outcome: Outcome): void
}

/** How many lines came to what. */
export type Summary = Record<Outcome['result'], number>

const batchLines = 500
const batchBytes = 8 * 1024 * 1024

/** Puts lines of a catalog into the database, in batches that are each stored whole or, when strict, all or nothing. */
export async function importLines(
  client: pg.Client,
  lines: AsyncIterable<RawLine>,
  options: ImportOptions,
): Promise<Summary> {
  const summary: Summary = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const tell = (outcome: Outcome): void => {
    summary[outcome.result] += 1
    options.onOutcome(outcome)
  }
  // what this import has stored so far, where a file of any size has room
  await client.query(
    'CREATE TEMP TABLE "import_seen" ("key" TEXT PRIMARY KEY, "place" TEXT NOT NULL, "digest" TEXT NOT NULL)',
  )
  const candidates = candidatesOf(lines, tell)
  try {
    if (options.strict) await importWhole(client, candidates, summary, tell)
    else await storeAll(client, candidates, 'transaction', tell)
    return summary
  } finally {
    await client.query('DROP TABLE IF EXISTS "import_seen", "import_stage"')
  }
}

/**
 * Reads everything aside before anything is touched, so that no lock is held while a slow source is still being read. Even
 * where a line is known to be bad by then, the others are tried, so that one run tells all that is wrong.
 */
async function importWhole(
  client: pg.Client,
  candidates: AsyncIterable<Candidate>,
  summary: Summary,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  await createStage(client)
  for await (const batch of batchesOf(candidates)) await stage(client, batch)
  await client.query('BEGIN')
  await storeAll(client, readStage(client), 'savepoint', tell)
  await client.query(summary.rejected === 0 ? 'COMMIT' : 'ROLLBACK')
  if (summary.rejected > 0) Object.assign(summary, { created: 0, updated: 0, unchanged: 0 })
}

async function storeAll(
  client: pg.Client,
  candidates: AsyncIterable<Candidate>,
  unit: Unit,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  for await (const batch of batchesOf(candidates)) {
    for (const outcome of await storeBatch(client, batch, unit)) tell(outcome)
  }
}

async function* candidatesOf(
  lines: AsyncIterable<RawLine>,
  tell: (outcome: Outcome) => void,
): AsyncGenerator<Candidate> {
  for await (const { place, text, fault } of lines) {
    const parsed = fault === undefined ? parseLine(text) : { faults: [{ field: 'line', reason: fault }] }
    if ('faults' in parsed) {
      tell({ place, result: 'rejected', faults: parsed.faults, notes: [] })
    } else {
      const { content, digest, notes } = parsed
      const key = `${content.kind}:${content.kind === 'review' ? digest : content.value.slug}`
      yield { place, content, key, digest, notes }
    }
  }
}

async function* batchesOf(candidates: AsyncIterable<Candidate>): AsyncGenerator<readonly Candidate[]> {
  let batch: Candidate[] = []
  let bytes = 0
  for await (const candidate of candidates) {
    batch.push(candidate)
    bytes += JSON.stringify(candidate.content).length
    if (batch.length >= batchLines || bytes >= batchBytes) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}
