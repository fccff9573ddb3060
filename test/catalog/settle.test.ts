import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCache, memoryStore, newToken } from '../../src/cache/index.ts'
import type { ChangeContext } from '../../src/catalog/changes.ts'
import { readChangeContext } from '../../src/catalog/affected.ts'
import { Causes } from '../../src/catalog/events.ts'
import { createSettle, type Settle, type SettleOptions } from '../../src/catalog/settle.ts'
import { connectWriter, type Writer } from '../../src/database/writer.ts'
import { gate } from '../setup/gate.ts'
import { testDatabase } from '../setup/index.ts'

let client: pg.Client
let database: Writer

beforeAll(async () => {
  const { url, client: ours } = await testDatabase()
  client = ours
  database = connectWriter({
    url,
    poolSize: 4,
    connectTimeoutMs: 20_000,
    statementTimeoutMs: 20_000,
    listener: () => {},
  })
})
beforeEach(async () => {
  await client.query(`
    TRUNCATE category, product CASCADE;
    INSERT INTO product (id, slug, title) SELECT n, 'p' || n, 'P' FROM generate_series(1, 4) AS n;
    DELETE FROM outbox; DELETE FROM instance`)
})
afterEach(() => void vi.useRealTimers())
afterAll(() => database.close())

/** Commits a change of a product and settles it. */
async function change(settle: Settle, id: number): Promise<{ settled: ReturnType<Settle>; transaction: string }> {
  await client.query(`UPDATE product SET title = title || '!' WHERE id = $1`, [id])
  const { rows } = await client.query(
    `SELECT id, transaction_id AS transaction, entity, before, after FROM outbox
     WHERE transaction_id = (SELECT max(transaction_id) FROM outbox)`,
  )
  const transaction = String(rows[0].transaction)
  const committed = { changes: { transaction, rows }, held: [], causes: new Causes(), holder: newToken() }
  return { settled: settle({ ...committed, observer: undefined }), transaction }
}

const productsOf = (rows: readonly { after: Record<string, unknown> | null }[]): unknown[] =>
  [...new Set(rows.map(({ after }) => after?.['id'] ?? after?.['product_id']))].toSorted()

function settling(readContext: SettleOptions['readContext']): Settle {
  // shared as Redis is: what it has been told to evict nobody else has to be told
  const store = Object.assign(memoryStore(), { shared: true })
  return createSettle({
    cache: createCache({ store, prefix: 'test', listener: () => {} }),
    writer: database,
    epochs: () => ({}),
    readContext,
    affectedKeys: (changes) => productsOf(changes).map((id) => `product:${String(id)}`),
    instance: 'here',
    deliveryTimeoutMs: 50,
    listener: () => {},
  })
}

describe('writes that settle at the same time', () => {
  it('share what is read of where their changes lie, by a statement that none of their COMMITs came after', async () => {
    // however slow the machine, no statement counts as one that is never answered
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const reads: unknown[][] = []
    const reading = gate()
    const settle = settling(async (writer, changes): Promise<ChangeContext> => {
      reads.push(productsOf(changes))
      await reading.arrive()
      return readChangeContext(writer, changes)
    })
    const first = await change(settle, 1)
    await reading.reached
    const others = [await change(settle, 2), await change(settle, 3)]
    expect(reads).toEqual([[1]])
    reading.open()
    expect(await Promise.all([first, ...others].map(({ settled }) => settled))).toEqual(['DONE', 'DONE', 'DONE'])
    expect(reads).toEqual([[1], [2, 3]])
    expect((await client.query('SELECT FROM outbox')).rowCount).toBe(0)
  })

  it('delete each what they have recorded, and nothing that others have not settled yet', async () => {
    const sent = vi.spyOn(database, 'query')
    const settle = settling(readChangeContext)
    await client.query(`UPDATE product SET title = 'Other' WHERE id = 4`)
    const writes = [await change(settle, 1), await change(settle, 2), await change(settle, 3)]
    expect(await Promise.all(writes.map(({ settled }) => settled))).toEqual(['DONE', 'DONE', 'DONE'])
    // in whatever order they have come so far
    const deletions = sent.mock.calls.filter(([{ text }]) => text.includes('DELETE'))
    expect(deletions.flatMap(([{ values }]) => values[0] as string[]).toSorted()).toEqual(
      writes.map(({ transaction }) => transaction).toSorted(),
    )
    const { rows } = await client.query(`SELECT DISTINCT after ->> 'id' AS id FROM outbox WHERE entity = 'product'`)
    expect(rows).toEqual([{ id: '4' }])
    sent.mockRestore()
  })

  it('are not done before it is known that what they have recorded was evicted where everybody reads', async () => {
    const query = database.query.bind(database)
    const sent = vi.spyOn(database, 'query').mockImplementation((statement) => {
      return statement.text.includes('DELETE') ? Promise.reject(new Error('gone')) : query(statement)
    })
    const settle = settling(readChangeContext)
    await client.query(
      `INSERT INTO instance (id, mode, seen_at) VALUES ('another', 'trusting', clock_timestamp() + interval '1 minute')`,
    )
    const { settled } = await change(settle, 1)
    expect(await settled).toBe('PENDING')
    expect(sent.mock.calls.filter(([{ text }]) => text.includes('DELETE'))).toHaveLength(1)
    sent.mockRestore()
    expect((await client.query('SELECT FROM outbox')).rowCount).toBeGreaterThan(0)
  })

  it('are left to the relay, all of them, where what their changes touch cannot be read', async () => {
    const settle = settling(() => Promise.reject(new Error('gone')))
    const writes = [await change(settle, 1), await change(settle, 2)]
    expect(await Promise.all(writes.map(({ settled }) => settled))).toEqual(['PENDING', 'PENDING'])
    const { rows } = await client.query(
      `SELECT DISTINCT after -> 'id' AS id FROM outbox WHERE entity = 'product' ORDER BY id`,
    )
    expect(rows.map(({ id }) => id)).toEqual([1, 2])
  })
})
