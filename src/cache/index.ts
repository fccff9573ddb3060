export { clusterStore, type ClusterStoreOptions } from './cluster-store.ts'
export { createCache, type Cache, type CacheOptions } from './cache.ts'
export type { BypassReason, CacheEvent, Listener, Operation } from './events.ts'
export type { Kind, KindDefinition } from './kind.ts'
export { memoryStore, type MemoryStoreOptions } from './memory-store.ts'
export { connectThroughSentinels, type SentinelOptions } from './redis-connection.ts'
export { redisStore, type RedisStoreOptions } from './redis-store.ts'
export {
  bool,
  float,
  int,
  list,
  named,
  nullable,
  object,
  oneOf,
  shape,
  text,
  type Shape,
  type ValueOf,
} from './shape.ts'
export { UnsuitableServerError } from './server-check.ts'
export type { Store } from './store.ts'
export { newToken } from './tokens.ts'
