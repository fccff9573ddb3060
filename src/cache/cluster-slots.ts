import keySlot from 'cluster-key-slot'
import type { RedisConnection } from './redis-connection.ts'

/** The primary of some slots. */
export interface SlotOwner {
  /** host:port. */
  readonly address: string
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/** Asks a node of a cluster which primary owns which slots. @throws where it does not know */
export async function readOwners(connection: RedisConnection): Promise<SlotOwner[]> {
  const [reply] = await connection.send([['CLUSTER', 'SLOTS']])
  if (reply instanceof Error) throw reply
  if (!Array.isArray(reply) || reply.length === 0) throw new Error('the cluster has no slots assigned')
  const host = connection.address.slice(0, connection.address.lastIndexOf(':'))
  const owners = new Map<string, [number, number][]>()
  for (const [first, last, primary] of reply as [number, number, [string | null, number]][]) {
    // a node that does not know its own name is reached as it just was
    const address = `${primary[0] || host}:${primary[1]}`
    owners.set(address, [...(owners.get(address) ?? []), [first, last]])
  }
  return [...owners].map(([address, ranges]) => ({ address, ranges }))
}

/** The slot of a key, of 16384. */
export function slotOf(key: string): number {
  return keySlot(key)
}

/** A key with this name that lies on this very node: the same for whoever knows the node by the same slots. */
export function keyOn(owner: SlotOwner, name: string): string {
  for (let tag = 0; ; tag += 1) {
    const key = `${name}:{${tag}}`
    const slot = slotOf(key)
    if (owner.ranges.some(([first, last]) => first <= slot && slot <= last)) return key
  }
}
