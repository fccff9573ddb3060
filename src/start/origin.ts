import type { PrismaClient } from '../generated/prisma/client.ts'

/**
 * Names this database at this stage of its history: another one, or this one restored to an earlier moment, has another
 * name, and so nothing that was cached of it is taken for valid.
 */
export async function originOf(prisma: PrismaClient): Promise<string> {
  const rows = await prisma.$queryRaw<{ origin: string }[]>`
    SELECT concat_ws('/', s.system_identifier, c.timeline_id, d.oid) AS origin
    FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()`
  return rows[0]?.origin ?? ''
}
