import { SignJWT } from 'jose'
import { Random } from '../../../src/seed/random.ts'
import type { Availability } from '../availability.ts'
import { Counter } from '../judge/counter.ts'
import type { Judge } from '../judge/judge.ts'
import { tokenSecret } from '../world/api-process.ts'
import type { World } from '../world/world.ts'
import { counters, firstQuantity, hotCategories, hotProducts, hotVariants } from './catalog.ts'
import type { Run } from './client.ts'
import { variantValue } from './rows.ts'
import { emptyReviews, Shelf } from './slots.ts'

/** What clients share at the beginning, over the catalog as it has just been stored. */
export async function beginRun(
  { processes }: World,
  judge: Judge,
  availability: Availability,
  seed: number,
  at: number,
): Promise<Run> {
  addRows(judge, at)
  return {
    processes,
    judge,
    availability,
    shelf: new Shelf(at),
    reviews: emptyReviews(),
    token: await writerToken(),
    random: new Random(seed, 1),
    writes: { done: 0, pending: 0, refused: 0, unknown: 0, outside: 0 },
    deliveryMs: [],
    oddities: new Map(),
    requests: 0,
    served: 0,
    unique: numbered(),
  }
}

function addRows(judge: Judge, at: number): void {
  for (const id of hotProducts) judge.addRow(`Product:${id}`, { version: 1, value: 'first' }, at)
  for (const id of hotVariants) {
    judge.addRow(`ProductVariant:${id}`, { version: 1, value: variantValue('first', '1.00', 1) }, at)
  }
  for (const id of counters) {
    judge.addRow(`ProductVariant:${id}`, { version: 1, value: variantValue('counter', '5.00', firstQuantity) }, at)
    judge.counters.set(`ProductVariant:${id}`, new Counter(firstQuantity))
  }
  for (const id of hotCategories) judge.addRow(`Category:${id}`, { version: 1, value: 'first' }, at)
}

function writerToken(): Promise<string> {
  return new SignJWT({ scope: 'catalog:write reviews:write' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('24h')
    .sign(new TextEncoder().encode(tokenSecret))
}

function numbered(): () => string {
  let count = 0
  return () => {
    count += 1
    return `w${String(count).padStart(8, '0')}`
  }
}
