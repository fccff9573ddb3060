import { keyOn, readOwners, slotOf, type SlotOwner } from './cluster-slots.ts'
import { Keys } from './keys.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisNode } from './redis-node.ts'
import type { RedisOptions } from './redis-options.ts'

/** A node of a cluster, and the slots that it owns. */
export interface OwningNode {
  readonly owner: SlotOwner
  /** Where the life of its data is kept: a key in one of its slots. */
  readonly lifeKey: string
  readonly node: RedisNode
}

export interface ClusterMapOptions extends Required<RedisOptions> {
  readonly urls: readonly string[]
}

const refreshEveryMs = 5000

/** Which node of a cluster owns which slots, as of the last answer of any node. */
export class ClusterMap {
  /** Settles once the map was read and its nodes were reached, or could not be. @throws UnsuitableServerError */
  readonly ready: Promise<void>
  readonly #options: ClusterMapOptions
  readonly #seeds: readonly RedisConnection[]
  readonly #refreshes: NodeJS.Timeout
  #origin: string
  #nodes: readonly OwningNode[] = []
  #bySlot: readonly (OwningNode | undefined)[] = []
  #refreshing: Promise<void> | undefined
  #trouble: string | null = 'not connected yet'
  #closed = false

  constructor(options: ClusterMapOptions) {
    this.#options = options
    this.#origin = options.origin
    const reached: Promise<void>[] = []
    this.#seeds = options.urls.map((url) => {
      let settle: () => void = () => {}
      reached.push(new Promise((resolve) => (settle = resolve)))
      return options.connect(url, { onReady: () => settle(), onError: () => settle() })
    })
    this.ready = this.#start(reached)
    this.ready.catch(() => {})
    this.#refreshes = setInterval(() => void this.refresh(), refreshEveryMs)
    this.#refreshes.unref()
  }

  get nodes(): readonly OwningNode[] {
    return this.#nodes
  }

  /** For people: why the map could not be read last; null where it could. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** The node that owns the slot of a key; undefined where none does, as far as is known. */
  nodeOf(key: string): OwningNode | undefined {
    return this.#bySlot[slotOf(key)]
  }

  /** Reads the map anew; whoever asks meanwhile shares it. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#readSlots().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** The database behind the cache is this one from now on, also for nodes that are still to join. */
  async bind(origin: string): Promise<void> {
    this.#origin = origin
    await Promise.all(this.#nodes.map(({ node }) => node.bind(origin)))
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#refreshes)
    for (const seed of this.#seeds) seed.close()
    for (const { node } of this.#nodes) node.close()
  }

  async #start(reached: readonly Promise<void>[]): Promise<void> {
    await Promise.any(reached)
    if (!this.#seeds.some(({ isReady }) => isReady)) await Promise.all(reached)
    await this.refresh()
    await Promise.all(this.#nodes.map(({ node }) => node.ready))
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
    const nodes = owners.map((owner) => this.#ownedBy(owner))
    const bySlot: OwningNode[] = []
    for (const each of nodes) {
      for (const [first, last] of each.owner.ranges) {
        for (let slot = first; slot <= last; slot += 1) bySlot[slot] = each
      }
    }
    for (const old of this.#nodes) if (!nodes.some(({ node }) => node === old.node)) old.node.close()
    this.#nodes = nodes
    this.#bySlot = bySlot
  }

  /** The node that is known already, or a new one. */
  #ownedBy(owner: SlotOwner): OwningNode {
    const { urls, prefix, ...others } = this.#options
    const keys = new Keys(prefix)
    const lifeKey = keyOn(owner, keys.life)
    const known = this.#nodes.find((each) => each.owner.address === owner.address && each.lifeKey === lifeKey)
    if (known !== undefined) return { ...known, owner }
    const node = new RedisNode({
      ...others,
      url: urls[0]?.replace(/^(rediss?:\/\/(?:[^@/]*@)?)[^/]*/, `$1${owner.address}`) ?? '',
      lifeKey,
      changeKeys: null,
      trustKey: keyOn(owner, keys.trust),
      origin: this.#origin,
    })
    return { owner, lifeKey, node }
  }
}
