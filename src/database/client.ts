import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import { databaseError } from './errors.ts'
import { openPool, type Connections, type PoolOptions } from './pool.ts'
import { queryableOn, type Queryable } from './sql.ts'

/** Reads from the database, and to PostgreSQL's own satisfaction changes nothing. */
export interface Database extends Queryable, Connections {
  readonly prisma: PrismaClient
}

/**
 * Connects to PostgreSQL, lazily. A read that fails because the database is away or slow throws DatabaseUnavailableError
 * or DatabaseTimeoutError.
 */
export function connect(options: PoolOptions): Database {
  const { pg, ...connections } = openPool(options, { access: 'read', name: 'larder' })
  const prisma = tellingErrorsApart(new PrismaClient({ adapter: new PrismaPg(pg), errorFormat: 'minimal' }))
  return {
    prisma,
    ...queryableOn(pg),
    ...connections,
    async close() {
      await prisma.$disconnect()
      await connections.close()
    },
  }
}

function tellingErrorsApart(client: PrismaClient): PrismaClient {
  return client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return (await query(args)) as unknown
        } catch (error) {
          throw databaseError(error)
        }
      },
    },
  }) as unknown as PrismaClient
}
