import { randomFillSync } from 'node:crypto'

const bytesPerToken = 16
const pool = Buffer.alloc(bytesPerToken * 256)
let used = pool.length

/**
 * A part of a whole, 0 to 1, that follows from a token and is spread as evenly: what was drawn for an entry can be told
 * again from the entry.
 */
export function partOf(token: string): number {
  const bytes = Buffer.alloc(4)
  bytes.write(token, 'base64url')
  return bytes.readUInt32BE() / 0xffffffff
}

/** A name that nothing else will ever have: 128 random bits. Randomness is drawn in batches, which costs a tenth. */
export function newToken(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const token = pool.toString('base64url', used, used + bytesPerToken)
  used += bytesPerToken
  return token
}
