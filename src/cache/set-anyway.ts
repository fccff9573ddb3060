import type { RedisServer } from './redis-connection.ts'

const source = `#!lua flags=allow-oom
return redis.call('SET', KEYS[1], unpack(ARGV))`

/**
 * SET with its options, also where Redis is full: for the little without which nothing there could be read.
 * @throws where it is refused all the same
 */
export async function setAnyway(
  server: RedisServer,
  key: string,
  ...args: readonly (string | number)[]
): Promise<void> {
  const [refusal] = await server.send([['EVAL', source, 1, key, ...args]])
  if (refusal instanceof Error) throw refusal
}
