import type { Admit } from './life.ts'
import { connectRedis, type Connect } from './redis-connection.ts'
import type { Vouching } from './vouching.ts'

/** What a store in one Redis and one in a cluster are given alike. */
export interface RedisOptions {
  /** What every key begins with; the cache's own prefix. */
  readonly prefix?: string
  /** Names the database that is cached: under another name nothing of what was stored is valid. */
  readonly origin?: string
  /** Records which server is used; by default nobody does, and all who use the store must use the same one. */
  readonly admit?: Admit
  /** How long a read, an acquire or a fill may take before it goes to the database; 50 ms by default. */
  readonly readTimeoutMs?: number
  /** How long a hold or an eviction may take; 1000 ms by default. */
  readonly writeTimeoutMs?: number
  /** When the store is read only while somebody vouches for it, through `vouch`; never by default. */
  readonly vouching?: Vouching
  /** Is told of trouble, each kind of it at most once a minute. */
  readonly warn?: (message: string) => void
  /** How to connect; through ioredis by default. */
  readonly connect?: Connect
}

export function withDefaults(options: RedisOptions): Required<RedisOptions> {
  return {
    prefix: options.prefix ?? 'larder',
    origin: options.origin ?? '',
    admit: options.admit ?? nobodyRecords,
    readTimeoutMs: options.readTimeoutMs ?? 50,
    writeTimeoutMs: options.writeTimeoutMs ?? 1000,
    vouching: options.vouching ?? 'never',
    warn: onceAMinute(options.warn ?? (() => {})),
    connect: options.connect ?? connectRedis,
  }
}

const nobodyRecords: Admit = () => Promise.resolve('')

const warnEveryMs = 60_000

/** Passes a message on unless it did so less than a minute ago. */
export function onceAMinute(warn: (message: string) => void, now = () => performance.now()): (message: string) => void {
  const told = new Map<string, number>()
  return (message) => {
    for (const [each, at] of told) if (now() - at >= warnEveryMs) told.delete(each)
    if (told.has(message)) return
    told.set(message, now())
    warn(message)
  }
}
