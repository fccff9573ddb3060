import { sql, type Queryable } from './sql.ts'

/**
 * # Why the database says which server the cache is kept in
 *
 * A Redis server that was cut off goes on answering whoever was cut off with it, while its copy has taken its place for
 * all others. And one that was left for another holds, when it is used again, what was current when it was left. Neither
 * can know: so it is recorded where changes are. Whoever meets another server than the one that stands here begins a new
 * epoch, and what is stored under an earlier one is valid no more, for anybody.
 *
 * A change counts as evicted only where it was evicted in the current epoch, which the statement that says so checks, by
 * deleting its outbox rows only then. Whoever begins a later epoch does so after that statement, and so after the change
 * was committed: all that is stored in that epoch has seen it. Where the epoch is over, the rows stand, and whoever
 * delivers in the current one evicts them there.
 *
 * Nor does it count as evicted while somebody may still read in an earlier epoch, because it has not noticed yet: so each
 * instance records in which epochs it reads (`membership.ts`), and the same statement looks for one that lags.
 */
export type Epochs = Readonly<Record<string, string>>

/** What stands for the kind of the cache and its prefix: who changes them finds nothing again of what was stored before. */
export const cachePlace = 'place'

/** Records that the cache is kept in this server under this name; the epoch, which is a new one where it was another. */
export async function admitServer(database: Queryable, name: string, server: string): Promise<string> {
  const [admitted] = await database.query<{ epoch: string }>(sql`
    INSERT INTO "cache_server" AS known ("name", "server") VALUES (${name}, ${server})
    ON CONFLICT ("name") DO UPDATE
      SET "server" = EXCLUDED."server", "epoch" = known."epoch" + (EXCLUDED."server" <> known."server")::int
    RETURNING "epoch"::text`)
  if (admitted === undefined) throw new Error('the database did not say in which epoch the cache is')
  return admitted.epoch
}

/** SQL: whether one of these epochs is over. @param epochs an expression of the type jsonb */
export function isOver(epochs: string): string {
  return `EXISTS (SELECT FROM "cache_server" WHERE "epoch"::text <> ${epochs} ->> "name")`
}
