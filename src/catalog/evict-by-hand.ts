import { recordByHand } from '../database/outbox.ts'
import type { Propagation } from './settle.ts'
import type { Write } from './write.ts'

/** Evicts these keys for every instance, as a write does that changes what they stand for. */
export async function evictByHand(write: Write, keys: readonly string[]): Promise<Propagation> {
  const { propagation } = await write((tx) => recordByHand(tx, keys))
  return propagation
}
