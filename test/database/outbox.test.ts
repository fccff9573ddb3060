import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../setup/index.ts'

const { client } = await testDatabase()

beforeEach(async () => {
  await client.query(`
    TRUNCATE category, product, product_category, product_variant, review RESTART IDENTITY CASCADE;
    INSERT INTO category (id, slug, name) VALUES (1, 'a', 'A');
    INSERT INTO product (id, slug, title) VALUES (1, 'p', 'P'), (2, 'q', 'Q');
    INSERT INTO product_category (product_id, category_id) VALUES (1, 1);
    INSERT INTO product_variant (id, product_id, sku, price_minor, currency) VALUES (1, 1, 'S', 100, 'USD');
    INSERT INTO review (id, product_id, rating, title, body, author) VALUES (1, 1, 5, '', '', 'A');
    SELECT setval(pg_get_serial_sequence(t, 'id'), 1000) FROM unnest(ARRAY['category', 'product', 'product_variant', 'review']) AS t;
    DELETE FROM outbox;
  `)
})

interface Row {
  readonly entity: string
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
}

async function recorded(sql: string): Promise<Row[]> {
  await client.query(sql)
  return (await client.query<Row>('SELECT entity, before, after FROM outbox ORDER BY id')).rows
}

describe('the outbox', () => {
  it('records a changed row before and after, without its long texts', async () => {
    const rows = await recorded(`UPDATE product SET title = 'New' WHERE id = 1`)
    const row = rows.find(({ entity }) => entity === 'product')
    expect(row).toMatchObject({
      entity: 'product',
      before: { id: 1, title: 'P', version: 1 },
      after: { id: 1, title: 'New', version: 2 },
    })
    expect(row?.after).not.toHaveProperty('description')
    expect(rows.map(({ entity }) => entity).toSorted()).toEqual(['product', 'product_search'])
  })

  it('tells a transaction what it changed, and what its deferred triggers will, and bounds how long it may idle', async () => {
    await client.query(`
      CREATE FUNCTION rename_other() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE product SET title = 'Late' WHERE id = 2; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON product DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION rename_other()`)
    try {
      await client.query(`BEGIN; UPDATE product SET title = 'New' WHERE id = 1`)
      const { rows } = await client.query<Row>('SELECT * FROM larder_own_changes(4321)')
      const idle = await client.query('SHOW idle_in_transaction_session_timeout')
      expect(rows.flatMap(({ entity, after }) => (entity === 'product' ? [after?.['title']] : []))).toEqual([
        'New',
        'Late',
      ])
      expect(idle.rows).toEqual([{ idle_in_transaction_session_timeout: '4321ms' }])
    } finally {
      await client.query('ROLLBACK; DROP TRIGGER late ON product; DROP FUNCTION rename_other()')
    }
    expect((await client.query('SELECT * FROM larder_own_changes(4321)')).rows).toEqual([])
  })

  it('records nothing for an update that changes nothing', async () => {
    expect(await recorded(`UPDATE product SET title = title`)).toEqual([])
  })

  it('records what a deletion takes along', async () => {
    const entities = (await recorded('DELETE FROM product WHERE id = 1')).map(({ entity }) => entity)
    expect(new Set(entities)).toEqual(
      new Set([
        'product',
        'product_category',
        'product_variant',
        'review',
        'product_pricing',
        'product_rating',
        'product_search',
      ]),
    )
  })

  it('records what is derived, only where it really differs', async () => {
    const rows = await recorded('UPDATE product_variant SET quantity = 5')
    expect(rows.map(({ entity }) => entity).toSorted()).toEqual(['product_pricing', 'product_variant'])
    expect(
      (await recorded('DELETE FROM outbox; UPDATE product_variant SET quantity = 6')).map(({ entity }) => entity),
    ).toEqual(['product_variant'])
  })

  it('records a changed key as the end of one row and the beginning of another', async () => {
    const rows = await recorded(
      'INSERT INTO category (id, slug, name) VALUES (2, $$b$$, $$B$$); DELETE FROM outbox; UPDATE product_category SET category_id = 2',
    )
    expect(rows.filter(({ entity }) => entity === 'product_category')).toMatchObject([
      { before: { category_id: 1 }, after: null },
      { before: null, after: { category_id: 2 } },
    ])
  })

  it('records a bulk change and a TRUNCATE as a change of the whole table', async () => {
    const bulk = await recorded(
      `INSERT INTO category (slug, name) SELECT 'c' || i, 'C' FROM generate_series(1, 1001) i`,
    )
    expect(bulk).toEqual([{ entity: 'category', before: null, after: null }])
    expect(await recorded('DELETE FROM outbox; TRUNCATE review')).toContainEqual({
      entity: 'review',
      before: null,
      after: null,
    })
  })

  it('records what replication applies', async () => {
    const rows = await recorded(
      `SET session_replication_role = replica; UPDATE product SET brand = 'B' WHERE id = 2; RESET session_replication_role`,
    )
    expect(rows.map(({ entity }) => entity)).toContain('product')
  })

  it('goes with a transaction that is rolled back', async () => {
    expect(await recorded(`BEGIN; UPDATE product SET title = 'X'; ROLLBACK`)).toEqual([])
  })
})
