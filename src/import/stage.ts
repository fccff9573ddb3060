import type pg from 'pg'
import type { Candidate } from './line.ts'

const page = 500

/** Makes room for lines that are read whole before the first of them is stored. */
export async function createStage(client: pg.Client): Promise<void> {
  await client.query('CREATE TEMP TABLE "import_stage" ("position" BIGSERIAL PRIMARY KEY, "line" JSON NOT NULL)')
}

export async function stage(client: pg.Client, lines: readonly Candidate[]): Promise<void> {
  await client.query(
    'INSERT INTO "import_stage" ("line") SELECT "line" FROM unnest($1::json[]) WITH ORDINALITY AS given ("line", "position") ORDER BY "position"',
    [lines.map((line) => JSON.stringify(line))],
  )
}

/** The staged lines, in their order. */
export async function* readStage(client: pg.Client): AsyncGenerator<Candidate> {
  let last = '0'
  for (;;) {
    const { rows } = await client.query<{ position: string; line: Candidate }>(
      'SELECT "position", "line" FROM "import_stage" WHERE "position" > $1 ORDER BY "position" LIMIT $2',
      [last, page],
    )
    for (const { line } of rows) yield line
    const final = rows.at(-1)
    if (final === undefined) return
    last = final.position
  }
}
