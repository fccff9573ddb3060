import { Keys } from './keys.ts'
import type { Admit } from './life.ts'
import { connectRedis, type Connect } from './redis-connection.ts'
import { NearCopies } from './near.ts'
import { RedisNode, type Vouching } from './redis-node.ts'
import type { Store } from './store.ts'

export interface RedisStoreOptions {
  /** redis:// or rediss://, with user and password where they are needed. */
  readonly url: string
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
  /** How much memory copies in this process may take, as NearCopies has it; 128 MB by default. */
  readonly nearBytes?: number
  /** When the store is read only while somebody vouches for it, through `vouch`; never by default. */
  readonly vouching?: Vouching
  /** Is told of trouble, each kind of it at most once a minute. */
  readonly warn?: (message: string) => void
  /** How to connect; through ioredis by default. */
  readonly connect?: Connect
}

/** A store in one Redis, shared by every process that uses the same url and prefix. It connects by itself, again and again. */
export function redisStore(options: RedisStoreOptions): Store {
  const { url, prefix = 'larder', origin = '', readTimeoutMs = 50, writeTimeoutMs = 1000, vouching = 'never' } = options
  const keys = new Keys(prefix)
  const node = new RedisNode({
    url,
    connect: options.connect ?? connectRedis,
    lifeKey: keys.life,
    changeKeys: [keys.changeCount, keys.changes],
    trustKey: keys.trust,
    vouching,
    origin,
    admit: options.admit ?? nobodyRecords,
    readTimeoutMs,
    writeTimeoutMs,
    warn: onceAMinute(options.warn ?? (() => {})),
  })
  const near = new NearCopies(node, options.nearBytes ?? 128 * 1024 * 1024)
  return {
    name: 'redis',
    shared: true,
    ready: node.ready,
    read: (wanted) => near.read(wanted),
    async apply(transitions) {
      for (const each of transitions) if (each.do === 'acquire') near.forget(each.key)
      const [since, begun] = [near.changes.now, performance.now()]
      const outcomes = await node.apply(transitions)
      transitions.forEach((each, i) => {
        if (each.do === 'fill' && outcomes[i] === true) near.filled(each, since, begun)
      })
      return outcomes
    },
    near,
    inspect: (key) => node.inspect(key),
    scan: (from, about) => node.scan(from, `${prefix}:*`, about),
    usage: () => null,
    renew: () => node.renew(),
    bind: (database) => node.bind(database),
    vouch: (forMs) => node.vouch(forMs),
    epochs: () => (node.epoch === null ? {} : { [keys.life]: node.epoch }),
    reconnect: () => node.connection.reconnect(),
    reachable: () => node.isReachable,
    describe: () => `Redis at ${node.address}${node.trouble === null ? '' : ` (${node.trouble})`}`,
    trouble: () => node.trouble,
    close: () => Promise.resolve(node.close()),
  }
}

export const nobodyRecords: Admit = () => Promise.resolve('')

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
