import { ClusterMap, type OwningNode } from './cluster-map.ts'
import type { RedisNode } from './redis-node.ts'
import { withDefaults, type RedisOptions } from './redis-options.ts'
import { isRedirected } from './redis-replies.ts'
import { charactersIn, type OutcomeOf, type ScannedKeys, type Store, type StoredKey, type Transition } from './store.ts'

export interface ClusterStoreOptions extends RedisOptions {
  /** Nodes to ask for all the others: urls as of a single Redis. */
  readonly urls: readonly string[]
}

const mostRedirections = 3

/**
 * A store in a Redis Cluster: each node is one server with a life of its own, and whatever is asked of several is sent to
 * all of them at once. A script touches one key, so nothing here depends on where two keys lie.
 */
export function clusterStore(options: ClusterStoreOptions): Store {
  return new ClusterStore(options)
}

class ClusterStore implements Store {
  readonly name = 'redis'
  readonly shared = true
  readonly near = null
  readonly ready: Promise<void>
  readonly #prefix: string
  readonly #map: ClusterMap

  constructor(options: ClusterStoreOptions) {
    const standard = withDefaults(options)
    this.#prefix = standard.prefix
    this.#map = new ClusterMap({ ...standard, urls: options.urls })
    this.ready = this.#map.ready
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
    if (lost === keys.length && lost > 0) throw new Error(this.#map.trouble ?? 'the cluster does not answer')
    return { values, lives, moment: null, fetched: { keys: keys.length, characters: charactersIn(values) } }
  }

  async apply<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    const outcomes: OutcomeOf<T>[] = transitions.map(() => new Error('not sent'))
    let left = transitions.map((transition, place) => ({ key: transition.key, transition, place }))
    for (let attempt = 0; left.length > 0 && attempt <= mostRedirections; attempt += 1) {
      if (attempt > 0) await this.#map.refresh()
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
    const owned = this.#map.nodeOf(key)
    if (owned === undefined) throw new Error('no node of the cluster serves this slot')
    return owned.node.inspect(key)
  }

  /** One node after the other. */
  async scan(from: string | null, about: number): Promise<ScannedKeys> {
    const [place = '0', cursor = ''] = from?.split(' ') ?? []
    const owned = this.#map.nodes[Number(place)]
    if (owned === undefined) return { keys: [], next: null }
    const { keys, next } = await owned.node.scan(cursor === '' ? null : cursor, `${this.#prefix}:*`, about)
    if (next !== null) return { keys, next: `${place} ${next}` }
    return { keys, next: Number(place) + 1 < this.#map.nodes.length ? `${Number(place) + 1} ` : null }
  }

  usage(): null {
    return null
  }

  async renew(): Promise<void> {
    await Promise.all(this.#map.nodes.map(({ node }) => node.renew()))
  }

  bind(origin: string): Promise<void> {
    return this.#map.bind(origin)
  }

  async vouch(forMs: number): Promise<void> {
    await Promise.all(this.#map.nodes.map(({ node }) => node.vouch(forMs)))
  }

  epochs(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#map.nodes.flatMap(({ lifeKey, node }) => (node.epoch === null ? [] : [[lifeKey, node.epoch]])),
    )
  }

  reconnect(): void {
    for (const { node } of this.#map.nodes) node.connection.reconnect()
  }

  /** All or nothing: a node that is away cannot be told of changes, and comes back with what it had. */
  reachable(): boolean {
    return (
      this.#map.nodes.length > 0 && this.#map.trouble === null && this.#map.nodes.every(({ node }) => node.isReachable)
    )
  }

  describe(): string {
    const trouble = this.trouble()
    return `Redis Cluster of ${this.#map.nodes.length} primaries${trouble === null ? '' : ` (${trouble})`}`
  }

  trouble(): string | null {
    return this.#map.trouble ?? this.#map.nodes.find(({ node }) => node.trouble !== null)?.node.trouble ?? null
  }

  close(): Promise<void> {
    return Promise.resolve(this.#map.close())
  }

  /** Follows keys that are just moving to the node that takes them; returns those that want a newer map of the slots. */
  async #followed<T extends Transition>(
    redirected: { key: string; transition: T; place: number }[],
    outcomes: OutcomeOf<T>[],
  ): Promise<typeof redirected> {
    const left: typeof redirected = []
    for (const each of redirected) {
      const [, address] = /^ASK \d+ (\S+)/.exec((outcomes[each.place] as Error).message) ?? []
      const target = this.#map.nodes.find(({ owner }) => owner.address === address)
      if (target === undefined) left.push(each)
      else [outcomes[each.place] = new Error('no outcome')] = await target.node.apply([each.transition], true)
    }
    return left
  }

  #split<Part extends { readonly key: string }>(parts: readonly Part[]): Map<OwningNode | undefined, Part[]> {
    const split = new Map<OwningNode | undefined, Part[]>()
    for (const part of parts) {
      const owned = this.#map.nodeOf(part.key)
      const others = split.get(owned)
      if (others === undefined) split.set(owned, [part])
      else others.push(part)
    }
    return split
  }

  #lostTouch(error: unknown): void {
    if (error instanceof Error && isRedirected(error)) void this.#map.refresh()
  }
}

async function applyTo<T extends Transition>(
  node: RedisNode | undefined,
  transitions: readonly T[],
): Promise<OutcomeOf<T>[]> {
  if (node !== undefined) return node.apply(transitions)
  return transitions.map(() => new Error('MOVED no node of the cluster serves this slot'))
}
