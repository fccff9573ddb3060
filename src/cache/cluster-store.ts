import { keyOn, readOwners, slotOf, type SlotOwner } from './cluster-slots.ts'
import { Keys } from './keys.ts'
import { connectRedis, type Connect, type RedisConnection } from './redis-connection.ts'
import { RedisNode } from './redis-node.ts'
import { isRedirected } from './redis-replies.ts'
import { nobodyRecords, onceAMinute, type RedisStoreOptions } from './redis-store.ts'
import { charactersIn, type OutcomeOf, type ScannedKeys, type Store, type StoredKey, type Transition } from './store.ts'

export interface ClusterStoreOptions extends Omit<RedisStoreOptions, 'url' | 'nearBytes'> {
  /** Nodes to ask for all the others: urls as of a single Redis. */
  readonly urls: readonly string[]
}

interface Owned {
  readonly owner: SlotOwner
  readonly lifeKey: string
  readonly node: RedisNode
}

const refreshEveryMs = 5000
const mostRedirections = 3

/**
 * A store in a Redis Cluster: each node is one server with a life of its own, and whatever is asked of several is sent to
 * all of them at once. A script touches one key, so nothing here depends on where two keys lie.
 */
export function clusterStore(options: ClusterStoreOptions): Store {
  const cluster = new ClusterStore(options)
  return cluster
}

class ClusterStore implements Store {
  readonly name = 'redis'
  readonly shared = true
  readonly near = null
  readonly ready: Promise<void>
  readonly #options: Required<Omit<ClusterStoreOptions, 'origin'>>
  readonly #seeds: readonly RedisConnection[]
  readonly #refreshes: NodeJS.Timeout
  #origin: string
  #nodes: readonly Owned[] = []
  /** Node by slot. */
  #bySlot: readonly (Owned | undefined)[] = []
  #refreshing: Promise<void> | undefined
  #trouble: string | null = 'not connected yet'
  #closed = false

  constructor(options: ClusterStoreOptions) {
    const warn = onceAMinute(options.warn ?? (() => {}))
    const { prefix = 'larder', origin = '', readTimeoutMs = 50, writeTimeoutMs = 1000, vouching = 'never' } = options
    const connect: Connect = options.connect ?? connectRedis
    const { admit = nobodyRecords } = options
    this.#options = { ...options, prefix, readTimeoutMs, writeTimeoutMs, vouching, warn, connect, admit }
    this.#origin = origin
    const reached: Promise<void>[] = []
    this.#seeds = options.urls.map((url) => {
      let settle: () => void = () => {}
      reached.push(new Promise((resolve) => (settle = resolve)))
      return connect(url, { onReady: () => settle(), onError: () => settle() })
    })
    this.ready = this.#start(reached)
    this.ready.catch(() => {})
    this.#refreshes = setInterval(() => void this.#refresh(), refreshEveryMs)
    this.#refreshes.unref()
  }

  async read(keys: readonly string[]): ReturnType<Store['read']> {
    const values: (string | null)[] = keys.map(() => null)
    const lives: (string | null)[] = keys.map(() => null)
    const parts = this.#split(keys.map((key, place) => ({ key, place })))
    let lost = 0
    await Promise.all(
      [...parts].map(async ([owned, part]) => {
        try {
          if (owned === undefined) throw new Error('no node of the cluster serves this slot')
          const read = await owned.node.read(part.map(({ key }) => key))
          part.forEach(({ place }, i) => {
            values[place] = read.values[i] ?? null
            lives[place] = read.life
          })
        } catch (error) {
          lost += part.length
          this.#lostTouch(error)
        }
      }),
    )
    if (lost === keys.length && lost > 0) throw new Error(this.#trouble ?? 'the cluster does not answer')
    return { values, lives, moment: null, fetched: { keys: keys.length, characters: charactersIn(values) } }
  }

  async apply<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    const outcomes: OutcomeOf<T>[] = transitions.map(() => new Error('not sent'))
    let left = transitions.map((transition, place) => ({ key: transition.key, transition, place }))
    for (let attempt = 0; left.length > 0 && attempt <= mostRedirections; attempt += 1) {
      if (attempt > 0) await this.#refresh()
      await Promise.all(
        [...this.#split(left)].map(async ([owned, part]) => {
          const replies = await applyTo(
            owned?.node,
            part.map(({ transition }) => transition),
          )
          part.forEach(({ place }, i) => {
            outcomes[place] = replies[i] ?? new Error('no outcome')
          })
        }),
      )
      // what was redirected was not done, so it may be sent again
      left = await this.#followed(
        left.filter(({ place }) => isRedirected(outcomes[place])),
        outcomes,
      )
    }
    return outcomes
  }

  async inspect(key: string): Promise<StoredKey> {
    const owned = this.#bySlot[slotOf(key)]
    if (owned === undefined) throw new Error('no node of the cluster serves this slot')
    return owned.node.inspect(key)
  }

  /** One node after the other. */
  async scan(from: string | null, about: number): Promise<ScannedKeys> {
    const [place = '0', cursor = ''] = from?.split(' ') ?? []
    const owned = this.#nodes[Number(place)]
    if (owned === undefined) return { keys: [], next: null }
    const { keys, next } = await owned.node.scan(cursor === '' ? null : cursor, `${this.#options.prefix}:*`, about)
    if (next !== null) return { keys, next: `${place} ${next}` }
    return { keys, next: Number(place) + 1 < this.#nodes.length ? `${Number(place) + 1} ` : null }
  }

  usage(): null {
    return null
  }

  async renew(): Promise<void> {
    await Promise.all(this.#nodes.map(({ node }) => node.renew()))
  }

  async bind(origin: string): Promise<void> {
    this.#origin = origin
    await Promise.all(this.#nodes.map(({ node }) => node.bind(origin)))
  }

  async vouch(forMs: number): Promise<void> {
    await Promise.all(this.#nodes.map(({ node }) => node.vouch(forMs)))
  }

  /** All or nothing: a node that is away cannot be told of changes, and comes back with what it had. */
  epochs(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#nodes.flatMap(({ lifeKey, node }) => (node.epoch === null ? [] : [[lifeKey, node.epoch]])),
    )
  }

  reconnect(): void {
    for (const { node } of this.#nodes) node.connection.reconnect()
  }

  reachable(): boolean {
    return this.#nodes.length > 0 && this.#trouble === null && this.#nodes.every(({ node }) => node.isReachable)
  }

  describe(): string {
    const trouble = this.trouble()
    return `Redis Cluster of ${this.#nodes.length} primaries${trouble === null ? '' : ` (${trouble})`}`
  }

  trouble(): string | null {
    return this.#trouble ?? this.#nodes.find(({ node }) => node.trouble !== null)?.node.trouble ?? null
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#refreshes)
    for (const seed of this.#seeds) seed.close()
    for (const { node } of this.#nodes) node.close()
    await Promise.resolve()
  }

  async #start(reached: readonly Promise<void>[]): Promise<void> {
    await Promise.any(reached)
    if (!this.#seeds.some(({ isReady }) => isReady)) await Promise.all(reached)
    await this.#refresh()
    await Promise.all(this.#nodes.map(({ node }) => node.ready))
  }

  /** Follows keys that are just moving to the node that takes them; returns those that want a newer map of the slots. */
  async #followed<T extends Transition>(
    redirected: { key: string; transition: T; place: number }[],
    outcomes: OutcomeOf<T>[],
  ): Promise<typeof redirected> {
    const left: typeof redirected = []
    for (const each of redirected) {
      const [, address] = /^ASK \d+ (\S+)/.exec((outcomes[each.place] as Error).message) ?? []
      const target = this.#nodes.find(({ owner }) => owner.address === address)
      if (target === undefined) left.push(each)
      else [outcomes[each.place] = new Error('no outcome')] = await target.node.apply([each.transition], true)
    }
    return left
  }

  #split<Part extends { readonly key: string }>(parts: readonly Part[]): Map<Owned | undefined, Part[]> {
    const split = new Map<Owned | undefined, Part[]>()
    for (const part of parts) {
      const owned = this.#bySlot[slotOf(part.key)]
      const others = split.get(owned)
      if (others === undefined) split.set(owned, [part])
      else others.push(part)
    }
    return split
  }

  #lostTouch(error: unknown): void {
    if (error instanceof Error && isRedirected(error)) void this.#refresh()
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#readSlots().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** Any node that answers knows the map of the slots: those that are configured, and those that have joined since. */
  async #readSlots(): Promise<void> {
    for (const each of [...this.#seeds, ...this.#nodes.map(({ node }) => node.connection)]) {
      if (!each.isReady) continue
      try {
        const owners = await readOwners(each)
        if (!this.#closed) this.#takeUp(owners)
        this.#trouble = null
        return
      } catch (error) {
        this.#trouble = (error as Error).message
      }
    }
    this.#trouble ??= 'no node of the cluster answers'
    this.#options.warn(`Redis Cluster is in trouble, so reads go to the database: ${this.#trouble}`)
  }

  #takeUp(owners: readonly SlotOwner[]): void {
    const nodes = owners.map((owner) => this.#nodeOf(owner))
    const bySlot: Owned[] = []
    for (const owned of nodes) {
      for (const [first, last] of owned.owner.ranges) {
        for (let slot = first; slot <= last; slot += 1) bySlot[slot] = owned
      }
    }
    for (const old of this.#nodes) if (!nodes.some(({ node }) => node === old.node)) old.node.close()
    this.#nodes = nodes
    this.#bySlot = bySlot
  }

  #nodeOf(owner: SlotOwner): Owned {
    const { urls, prefix, connect, admit, readTimeoutMs, writeTimeoutMs, vouching, warn } = this.#options
    const keys = new Keys(prefix)
    const lifeKey = keyOn(owner, keys.life)
    const known = this.#nodes.find((each) => each.owner.address === owner.address && each.lifeKey === lifeKey)
    if (known !== undefined) return { ...known, owner }
    const url = urls[0]?.replace(/^(rediss?:\/\/(?:[^@/]*@)?)[^/]*/, `$1${owner.address}`) ?? ''
    const node = new RedisNode({
      url,
      connect,
      lifeKey,
      changeKeys: null,
      trustKey: keyOn(owner, keys.trust),
      vouching,
      origin: this.#origin,
      admit,
      readTimeoutMs,
      writeTimeoutMs,
      warn,
    })
    return { owner, lifeKey, node }
  }
}

async function applyTo<T extends Transition>(
  node: RedisNode | undefined,
  transitions: readonly T[],
): Promise<OutcomeOf<T>[]> {
  if (node !== undefined) return node.apply(transitions)
  return transitions.map(() => new Error('MOVED no node of the cluster serves this slot'))
}
