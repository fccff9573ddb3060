import { expect, it } from 'vitest'
import { connect } from '../../src/database/client.ts'
import { sql } from '../../src/database/sql.ts'
import { connectWriter } from '../../src/database/writer.ts'
import { testDatabase } from '../setup/index.ts'

it('a client that reads cannot change anything, whatever it sends', async () => {
  const { url } = await testDatabase()
  const database = connect({ url })
  const { prisma } = database
  await expect(prisma.product.create({ data: { slug: 'a', title: 'A' } })).rejects.toThrow(/read-only transaction/)
  await expect(prisma.$executeRaw`DELETE FROM "outbox"`).rejects.toThrow(/read-only transaction/)
  await expect(prisma.$transaction((tx) => tx.review.deleteMany({}))).rejects.toThrow(/read-only transaction/)
  expect(await prisma.product.count()).toBe(0)
  await database.close()
})

it.each([
  ['reads', connect],
  ['writes', connectWriter],
])('a client that %s has no statement run by several workers', async (_does, open) => {
  const { url } = await testDatabase()
  const database = open({ url })
  const [setting] = await database.query(sql`SHOW max_parallel_workers_per_gather`)
  expect(setting).toEqual({ max_parallel_workers_per_gather: '0' })
  await database.close()
})
