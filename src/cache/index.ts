export { clusterStore, type ClusterStoreOptions } from './cluster-store.ts'
export type { Count } from './census.ts'
export { createCache, type Cache, type CacheOptions } from './cache.ts'
export { Dependencies } from './dependencies.ts'
export type { BypassReason, CacheEvent, EntryListener, Listener, MissReason, Operation } from './events.ts'
export type { Inspection } from './inspection.ts'
export type { Kind } from './kind.ts'
export type { KindDefinition } from './kind-definition.ts'
export { memoryStore, type MemoryStoreOptions } from './memory-store.ts'
export { connectThroughSentinels, type SentinelOptions } from './redis-connection.ts'
export type { Freshness, Keeper } from './keeper.ts'
export type { Admit } from './life.ts'
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
