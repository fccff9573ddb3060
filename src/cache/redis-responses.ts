import type { RedisNode } from './redis-node.ts'
import { keep, serve } from './response-scripts.ts'
import type { ResponseStore } from './store.ts'

/** Finished responses in one Redis, where a script can reach everything that they were built from. */
export function redisResponses(node: RedisNode): ResponseStore {
  return {
    async read(keys) {
      const bodies = await node.run(serve, keys)
      return Array.isArray(bodies) ? bodies.map((body) => (Buffer.isBuffer(body) ? body : null)) : keys.map(() => null)
    },
    async keep(key, { life, tokens, body }, ttlMs) {
      const parts = JSON.stringify([...tokens].flat())
      return (await node.run(keep, [key], [Math.floor(ttlMs), parts, body], life)) === 1
    },
  }
}
