import { originSql } from '../database/origin.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'

/** Names this database at this stage of its history: nothing that was cached of another is taken for valid. */
export async function originOf(prisma: PrismaClient): Promise<string> {
  const rows = await prisma.$queryRawUnsafe<{ origin: string }[]>(originSql)
  return rows[0]?.origin ?? ''
}
