import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Slot } from '../judge/slot.ts'
import type { WorldDatabase } from '../world/database.ts'
import { hotCategories, hotProducts, hotVariants, reviewedProducts } from './catalog.ts'
import type { Run } from './client.ts'

/** A change by plain SQL: how it is made, and who is told how it went. */
interface OutsideChange {
  readonly name: string
  readonly sql: string
  readonly values: readonly (string | number)[]
  begin(at: number): void
  /** It was committed, and everything that it touches has been evicted. */
  delivered(at: number): void
  /** It touched nothing, or was not committed for sure. */
  failed(at: number, outcome: 'refused' | 'unknown'): void
}

const giveUpMs = 60_000

/** Writes past the API, as another service or a person with psql does, until it is stopped. */
export async function writeFromOutside(
  run: Run,
  database: WorldDatabase,
  stopping: AbortSignal,
  pauseMs: number,
): Promise<void> {
  let client: pg.Client | null = null
  while (!stopping.aborted) {
    client ??= await database.connect().catch(() => null)
    if (client !== null && !(await writeOnce(run, client, stopping))) {
      await client.end().catch(() => {})
      client = null
    }
    await sleep(pauseMs * (0.5 + run.random.next()), undefined, { signal: stopping }).catch(() => {})
  }
  await client?.end()
}

/** Makes one change, and waits for its delivery. Answers whether the connection can be used again. */
async function writeOnce(run: Run, client: pg.Client, stopping: AbortSignal): Promise<boolean> {
  const change = drawn(run)
  if (change === null) return true
  const { name, sql, values } = change
  const begun = performance.now()
  change.begin(begun)
  run.judge.history.note(name, begun, `outside: ${sql} ${JSON.stringify(values)}`)
  const note = (text: string): void => run.judge.history.note(name, performance.now(), `outside: ${text}`)
  let transaction: string
  try {
    await client.query('BEGIN')
    const { rowCount } = await client.query(sql, [...values])
    const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    transaction = rows[0]?.id ?? ''
    await client.query('COMMIT')
    if (rowCount === 0) {
      change.failed(performance.now(), 'refused')
      return true
    }
  } catch (error) {
    change.failed(performance.now(), 'unknown')
    note(`unknown, ${(error as Error).message}`)
    return false
  }
  const committed = performance.now()
  note('committed')
  run.writes.outside += 1
  let isUsable = true
  for (let pauseMs = 1; performance.now() < committed + giveUpMs; pauseMs = Math.min(2 * pauseMs, 50)) {
    const left = await client
      .query('SELECT FROM "outbox" WHERE "transaction_id" = $1 LIMIT 1', [transaction])
      .catch(() => null)
    if (left?.rowCount === 0) {
      const at = performance.now()
      change.delivered(at)
      note('delivered')
      run.deliveryMs.push(at - committed)
      return isUsable
    }
    if (left === null || stopping.aborted) isUsable = false
    if (!isUsable) break
    await sleep(pauseMs)
  }
  change.failed(performance.now(), 'unknown')
  return isUsable
}

function drawn(run: Run): OutsideChange | null {
  const { random } = run
  const mark = run.unique()
  switch (random.int(0, 5)) {
    case 0:
      return rowChange(run, 'Product', random.skewed(hotProducts), 'UPDATE product SET title = $1 WHERE id = $2', [
        mark,
      ])
    case 1:
      return rowChange(
        run,
        'ProductVariant',
        random.skewed(hotVariants),
        'UPDATE product_variant SET title = $1, price_minor = $3 WHERE id = $2',
        [mark, random.int(1, 999) * 100],
      )
    case 2:
      return rowChange(run, 'Category', random.pick(hotCategories), 'UPDATE category SET name = $1 WHERE id = $2', [
        mark,
      ])
    case 3:
    case 4:
      return shelfChange(run)
    default:
      return reviewChange(run)
  }
}

function rowChange(
  run: Run,
  type: string,
  id: number,
  sql: string,
  [mark, ...more]: [string, ...number[]],
): OutsideChange {
  const name = `${type}:${id}`
  const row = run.judge.row(name)
  let write: ReturnType<typeof row.begin> | undefined
  return {
    name,
    sql,
    values: [mark, id, ...more],
    begin: (at) => (write = row.begin(mark, null, at)),
    delivered: (at) => write !== undefined && row.end(write, at, 'done', null),
    failed: (at, outcome) => write !== undefined && row.end(write, at, outcome, null),
  }
}

function shelfChange({ shelf, random }: Run): OutsideChange | null {
  const { free } = shelf
  const slug = free.length === 0 ? '' : random.pick(free)
  const slot = shelf.slots.get(slug)
  const state = slot?.state
  if (slot === undefined || state === undefined || state === null) return null
  const variant = shelf.ids.get(slug)?.variant ?? 0
  const price = random.int(1, 999)
  return random.pick([
    slotChange(slug, slot, null, 'DELETE FROM product WHERE slug = $1', [slug]),
    slotChange(slug, slot, { ...state, price }, 'UPDATE product_variant SET price_minor = $1 WHERE id = $2', [
      price * 100,
      variant,
    ]),
    slotChange(
      slug,
      slot,
      { ...state, inStock: !state.inStock },
      'UPDATE product_variant SET quantity = $1 WHERE id = $2',
      [state.inStock ? 0 : 1, variant],
    ),
  ])
}

function reviewChange({ reviews, random }: Run): OutsideChange | null {
  const slots = [...(reviews.slots.get(random.pick(reviewedProducts)) ?? [])]
  const free = slots.filter(([, slot]) => slot.settled && slot.state !== null)
  if (free.length === 0) return null
  const [author, slot] = random.pick(free)
  const rating = random.int(1, 5)
  const title = slot.state?.title ?? ''
  return slotChange(author, slot, { rating, title }, 'UPDATE review SET rating = $1 WHERE author = $2', [
    rating,
    author,
  ])
}

function slotChange<State>(
  name: string,
  slot: Slot<State>,
  state: State,
  sql: string,
  values: readonly (string | number)[],
): OutsideChange {
  return {
    name,
    sql,
    values,
    begin: (at) => slot.begin(state, at, null),
    delivered: (at) => slot.end('done', at),
    failed: (at, outcome) => slot.end(outcome, at),
  }
}
