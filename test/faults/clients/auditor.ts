import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Slot } from '../judge/slot.ts'
import type { WorldDatabase } from '../world/database.ts'
import { shelves, type ReviewState, type ShelfProduct } from './catalog.ts'
import type { Run } from './client.ts'
import { seenRow, type RowFields } from './rows.ts'
import { forgetGone } from './slots.ts'

/** What the database holds at one moment, and since when whatever has changed waits in the outbox. */
interface Snapshot {
  /** How old the oldest waiting change is, in ms; null where none waits. */
  readonly oldestMs: number | null
  readonly rows: readonly (RowFields & { readonly ageMs: number })[]
  readonly shelf: readonly (ShelfProduct & { readonly slug: string; readonly id: number; readonly variant: number })[]
  readonly reviews: readonly (ReviewState & { readonly author: string; readonly id: number })[]
  readonly wanderingBelow: number
}

// a change is reported in the transaction that made it, so one older than whatever waits has been delivered
const sql = `
  WITH row AS (
    SELECT updated_at, json_build_object('id', 'Product:' || id, 'version', version, 'title', title) AS fields FROM product WHERE id <= 6
    UNION ALL SELECT updated_at, json_build_object('id', 'ProductVariant:' || id, 'version', version, 'variantTitle', title,
      'price', json_build_object('amount', (price_minor / 100.0)::numeric(20, 2)::text), 'quantityAvailable', quantity)
      FROM product_variant WHERE id <= 12
    UNION ALL SELECT updated_at, json_build_object('id', 'Category:' || id, 'version', version, 'name', name) FROM category WHERE id > 3
  )
  SELECT
    (SELECT extract(epoch FROM clock_timestamp() - min(created_at)) * 1000 FROM outbox)::float8 AS "oldestMs",
    (SELECT json_agg(fields::jsonb || jsonb_build_object('ageMs', extract(epoch FROM clock_timestamp() - updated_at) * 1000)) FROM row) AS rows,
    (SELECT coalesce(json_agg(json_build_object('slug', p.slug, 'id', p.id, 'variant', v.id, 'title', p.title,
      'price', v.price_minor / 100, 'inStock', v.quantity > 0, 'sku', v.sku,
      'categories', (SELECT coalesce(json_agg(category_id ORDER BY category_id), '[]') FROM product_category WHERE product_id = p.id))), '[]')
      FROM product p JOIN product_variant v ON v.product_id = p.id WHERE p.slug = ANY ($1)) AS shelf,
    (SELECT coalesce(json_agg(json_build_object('author', author, 'id', id, 'rating', rating, 'title', title)), '[]')
      FROM review WHERE author = ANY ($2)) AS reviews,
    (SELECT parent_id FROM category WHERE id = ${shelves.wandering}) AS "wanderingBelow"`

const everyMs = 1000
// whoever gave up on a write cannot be surprised by it any more after so long
const unknownMs = 30_000
// clocks are compared to the millisecond
const marginMs = 50

/**
 * Looks into the database now and then: what is there, and waits for no delivery, every reader must see from then on. So
 * writes of which no client knows how they came out are settled.
 */
export async function audit(run: Run, database: WorldDatabase, stopping: AbortSignal): Promise<void> {
  let client: pg.Client | null = null
  while (!stopping.aborted) {
    await sleep(everyMs, undefined, { signal: stopping }).catch(() => {})
    client ??= await database.connect().catch(() => null)
    if (client === null) continue
    const unsettled = unsettledSlots(run)
    const values = [[...unsettled.shelf.keys()], [...unsettled.reviews.keys()]]
    const answer = await client.query<Snapshot>(sql, values).catch(() => null)
    const [snapshot] = answer?.rows ?? []
    if (snapshot === undefined) {
      await client.end().catch(() => {})
      client = null
      continue
    }
    apply(run, unsettled, snapshot, performance.now())
  }
  await client?.end()
}

interface Unsettled {
  readonly shelf: ReadonlyMap<string, Slot<ShelfProduct | null>>
  readonly reviews: ReadonlyMap<string, Slot<ReviewState | null>>
  readonly wandering: Slot<number> | null
}

function unsettledSlots({ shelf, reviews }: Run): Unsettled {
  const waiting = <State>(slots: Iterable<[string, Slot<State>]>): Map<string, Slot<State>> =>
    new Map([...slots].filter(([, slot]) => slot.unsettledSince !== null))
  return {
    shelf: waiting(shelf.slots),
    reviews: waiting([...reviews.slots.values()].flatMap((slots) => [...slots])),
    wandering: shelf.wandering.unsettledSince === null ? null : shelf.wandering,
  }
}

function apply(run: Run, unsettled: Unsettled, snapshot: Snapshot, at: number): void {
  const { judge, shelf, reviews } = run
  const { oldestMs, rows, wanderingBelow } = snapshot
  const isDelivered = (ageMs: number): boolean => oldestMs === null || ageMs > oldestMs + marginMs
  for (const row of rows.filter(({ ageMs }) => isDelivered(ageMs))) {
    const observation = { interval: { begun: at, ended: at }, process: 'the database' }
    judge.found(row.id, judge.row(row.id).delivered(seenRow(row), at), observation)
  }
  const settle = <State>(name: string, slot: Slot<State>, state: State): void => {
    const waitedMs = at - (slot.unsettledSince ?? at)
    if (!isDelivered(waitedMs) || waitedMs < (slot.outcome === 'pending' ? marginMs : unknownMs)) return
    slot.settle(state, at)
    judge.history.note(name, at, `settled: ${JSON.stringify(state)}`)
  }
  const products = new Map(
    snapshot.shelf.map(({ slug, id, variant, ...state }) => [slug, { ids: { id, variant }, state }]),
  )
  for (const [slug, slot] of unsettled.shelf) {
    const found = products.get(slug)
    if (found !== undefined) shelf.ids.set(slug, found.ids)
    settle(slug, slot, found?.state ?? null)
  }
  const written = new Map(snapshot.reviews.map(({ author, id, ...state }) => [author, { id, state }]))
  for (const [author, slot] of unsettled.reviews) {
    const found = written.get(author)
    if (found !== undefined) reviews.ids.set(author, `Review:${found.id}`)
    settle(author, slot, found?.state ?? null)
  }
  if (unsettled.wandering !== null) settle('faults', unsettled.wandering, wanderingBelow)
  forget(run, at)
}

function forget({ shelf, reviews, judge }: Run, at: number): void {
  const gone = [
    ...forgetGone(shelf.slots, at),
    ...[...reviews.slots.values()].flatMap((slots) => forgetGone(slots, at)),
  ]
  for (const name of gone) {
    judge.history.forget(name)
    shelf.ids.delete(name)
    reviews.ids.delete(name)
  }
  for (const [sku, slug] of shelf.skus) if (!shelf.slots.has(slug)) shelf.skus.delete(sku)
}
