import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatabaseTimeoutError, DatabaseUnavailableError } from '../../src/database/errors.ts'
import { insertRows, updateRow } from '../../src/database/rows.ts'
import { sql, type Queryable } from '../../src/database/sql.ts'
import { CommitUnknownError, connectWriter, type Writer } from '../../src/database/writer.ts'
import { testDatabase } from '../setup/index.ts'
import { startProxy, type TestProxy } from '../setup/proxy.ts'

const { url, client } = await testDatabase()
const opened: Writer[] = []
let proxy: TestProxy

beforeEach(async () => {
  await client.query(
    `TRUNCATE category, product RESTART IDENTITY CASCADE; INSERT INTO product (slug, title) VALUES ('one', 'One')`,
  )
  proxy = await startProxy(Number(new URL(url).port))
})
afterEach(async () => {
  proxy.pass()
  for (const writer of opened.splice(0)) await writer.close()
  await proxy.stop()
})

function open(options: Partial<Parameters<typeof connectWriter>[0]> = {}): Writer {
  const through = new URL(url)
  through.port = String(proxy.port)
  const writer = connectWriter({ url: through.href, poolSize: 1, connectTimeoutMs: 20_000, ...options })
  opened.push(writer)
  return writer
}

const rename = (tx: Queryable, title: string) => tx.query(sql`UPDATE product SET title = ${title} WHERE id = 1`)
const title = async (): Promise<string> => (await client.query('SELECT title FROM product')).rows[0].title

describe('a transaction', () => {
  it('is committed once its work is done', async () => {
    const answer = await open().transaction(async (tx) => {
      await rename(tx, 'Two')
      expect(await title()).toBe('One')
      return 'done'
    })
    expect([answer, await title()]).toEqual(['done', 'Two'])
  })

  it('whose work throws changes nothing, and leaves its connection to the next', async () => {
    const writer = open()
    const failing = writer.transaction(async (tx) => {
      await rename(tx, 'Two')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await writer.transaction(async (tx) => {
      expect(await tx.query(sql`SELECT title FROM product`)).toEqual([{ title: 'One' }])
    })
  })

  it('in which a statement failed is not taken for committed, even if its work went on', async () => {
    const failing = open().transaction(async (tx) => {
      await rename(tx, 'Two')
      await tx.query(sql`SELECT 1 / 0`).catch(() => {})
    })
    await expect(failing).rejects.toThrow('rolled back')
    expect(await title()).toBe('One')
  })

  it('that takes too long sends nothing more, and is rolled back', async () => {
    const writer = open({ transactionTimeoutMs: 0 })
    await expect(writer.transaction((tx) => rename(tx, 'Two'))).rejects.toThrow(DatabaseTimeoutError)
    expect(await title()).toBe('One')
  })

  it('whose connection breaks between two statements fails, and the next gets another connection', async () => {
    const writer = open()
    const failing = writer.transaction(async (tx) => {
      const [backend] = await tx.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`)
      await client.query('SELECT pg_terminate_backend($1, 20000)', [backend?.pid])
      await rename(tx, 'Two')
    })
    await expect(failing).rejects.toThrow(DatabaseUnavailableError)
    await writer.transaction((tx) => rename(tx, 'Three'))
    expect(await title()).toBe('Three')
  })

  it('of which PostgreSQL does not say whether it was committed says so', async () => {
    const writer = open({ statementTimeoutMs: 500 })
    const unknown = writer.transaction(async (tx) => {
      await rename(tx, 'Two')
      proxy.hold('replies')
    })
    await expect(unknown).rejects.toThrow(CommitUnknownError)
    expect(await title()).toBe('Two')
  })

  it('that PostgreSQL refuses at COMMIT has changed nothing, for sure', async () => {
    await client.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON product DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()`)
    const failing = open().transaction((tx) => rename(tx, 'Two'))
    await expect(failing).rejects.toMatchObject({ code: '40001' })
    await client.query('DROP TRIGGER refuse ON product; DROP FUNCTION refuse()')
    expect(await title()).toBe('One')
  })
})

describe('rows', () => {
  it('that give different columns are inserted together, in their order, with the defaults of the table', async () => {
    const ids = await insertRows(open(), 'product', [
      { slug: 'two', title: 'Two', descriptionHtml: '<p>2</p>', images: [{ url: '/2.svg' }] },
      { slug: 'three', title: 'Three', brand: null, descriptionHtml: undefined },
    ])
    const { rows } = await client.query(
      'SELECT id, slug, description_html, brand, images, status FROM product WHERE id > 1 ORDER BY slug DESC',
    )
    expect(rows).toEqual([
      {
        id: ids[0],
        slug: 'two',
        description_html: '<p>2</p>',
        brand: null,
        images: [{ url: '/2.svg' }],
        status: 'ACTIVE',
      },
      { id: ids[1], slug: 'three', description_html: '', brand: null, images: [], status: 'ACTIVE' },
    ])
  })

  it('are updated in the columns that are given, and it is told where there is no such row', async () => {
    const writer = open()
    expect(await updateRow(writer, 'product', 1, { brand: 'B', title: undefined })).toBe(true)
    expect(await updateRow(writer, 'product', 1, { brand: undefined })).toBe(true)
    expect(await updateRow(writer, 'product', 2, { brand: 'B' })).toBe(false)
    expect((await client.query('SELECT title, brand, version FROM product')).rows).toEqual([
      { title: 'One', brand: 'B', version: 2 },
    ])
  })
})
