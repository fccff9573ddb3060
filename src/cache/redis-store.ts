import { Keys } from './keys.ts'
import { NearCopies } from './near.ts'
import { RedisNode } from './redis-node.ts'
import { withDefaults, type RedisOptions } from './redis-options.ts'
import type { Store } from './store.ts'

export interface RedisStoreOptions extends RedisOptions {
  /** redis:// or rediss://, with user and password where they are needed. */
  readonly url: string
  /** How much memory copies in this process may take, as NearCopies has it; 128 MB by default. */
  readonly nearBytes?: number
}

/** A store in one Redis, shared by every process that uses the same url and prefix. It connects by itself, again and again. */
export function redisStore(options: RedisStoreOptions): Store {
  const { prefix, ...others } = withDefaults(options)
  const keys = new Keys(prefix)
  const node = new RedisNode({
    ...others,
    url: options.url,
    lifeKey: keys.life,
    changeKeys: [keys.changeCount, keys.changes],
    trustKey: keys.trust,
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
