import { isByHand, type CatalogEvent } from '../catalog/index.ts'
import { keptResponse, type Happening, type RequestEvent, type SampleEvent } from '../observe/index.ts'
import { addDuration } from './latency.ts'
import { emptyTick, type Eviction, type Health, type Instance, type KindCounts, type Tick } from './tick.ts'

export interface RecorderOptions {
  readonly instance: Instance
  /** The memory of a store in this process. */
  readonly usage: () => { readonly bytes: number; readonly maxBytes: number } | null
  /** The name of a key, as people know it. */
  readonly nameOf: (key: string) => string
  /** The clock, in ms since the epoch. */
  readonly now: () => number
}

type EvictionEvent = Extract<CatalogEvent, { type: 'eviction' }>

// how old a sample may be before the database counts as away: taking one waits for it
const staleMs = 8000
// bounds on what one slot tells, whatever happens in it
const mostEvictions = 8
const mostChanges = 4
const mostKeys = 12
const mostOperations = 30
const mostSettled = 2000

const faults = new Set(['INTERNAL_SERVER_ERROR', 'UNAVAILABLE', 'TIMEOUT'])

/** Adds up what happens in this process, slot by slot. */
export class Recorder {
  readonly #options: RecorderOptions
  #tick: Tick
  #batches = 0
  #loads = 0
  /** Rows of the outbox whose keys a mutation has evicted lately. */
  readonly #settled = new Set<string>()
  #sample: { readonly event: SampleEvent; readonly at: number } | null = null

  /** @param at when the first slot began */
  constructor(options: RecorderOptions, at: number) {
    this.#options = options
    this.#tick = emptyTick(at, options.instance)
  }

  /** Called in the middle of requests: it counts, and no more. */
  readonly listen = (happening: Happening): void => {
    switch (happening.type) {
      case 'hit':
      case 'negative':
        this.#kind(happening.kind).hits += happening.count
        // a response that is served whole spares the statements of at least one batch
        if (happening.kind === keptResponse) this.#batches += happening.count
        break
      case 'miss':
        this.#kind(happening.kind).misses += happening.count
        break
      case 'bypass':
        this.#kind(happening.kind).bypasses += happening.count
        break
      case 'batch':
        this.#batches += 1
        break
      case 'load':
        this.#loads += 1
        break
      case 'request':
        this.#request(happening)
        break
      case 'eviction':
        this.#evicted(happening)
        break
      case 'sample':
        this.#sample = { event: happening, at: this.#options.now() }
        break
      default:
    }
  }

  /** When the slot that is running began. */
  get at(): number {
    return this.#tick.at
  }

  /** Closes the slot, and begins the next one at the time given. */
  close(next: number): Tick {
    const tick = this.#tick
    tick.seconds = (next - tick.at) / 1000
    tick.avoided = Math.max(0, this.#batches - this.#loads)
    tick.health = this.#health()
    this.#tick = emptyTick(next, this.#options.instance)
    this.#batches = 0
    this.#loads = 0
    return tick
  }

  #kind(name: string): KindCounts {
    return (this.#tick.kinds[name] ??= { hits: 0, misses: 0, bypasses: 0, evictions: 0 })
  }

  #request({ operation, status, code, ms, statements }: RequestEvent): void {
    const tick = this.#tick
    tick.requests += 1
    if (status >= 500 || (code !== null && faults.has(code))) tick.errors += 1
    tick.statements += statements
    addDuration(tick.latency, ms)
    const isRoom = operation in tick.operations || Object.keys(tick.operations).length < mostOperations
    const counts = (tick.operations[isRoom ? operation : 'other'] ??= {
      requests: 0,
      latency: {},
      most: 0,
      statements: 0,
    })
    counts.requests += 1
    counts.statements += statements
    counts.most = Math.max(counts.most, ms)
    addDuration(counts.latency, ms)
  }

  #evicted(told: EvictionEvent): void {
    const event = this.#untold(told)
    if (event.causes.length === 0) return
    const names = [...new Set(event.causes.flatMap(({ keys }) => keys))].map(this.#options.nameOf)
    for (const name of names) this.#kind(kindOf(name)).evictions += 1
    const { evictions } = this.#tick
    const eviction = evictionOf(event, names, this.#options.now())
    // many mutations must not keep from sight what came from outside
    const alike = evictions.filter(({ by }) => by === eviction.by)
    if (alike.length < mostEvictions) evictions.push(eviction)
  }

  /** A relay may deliver once more what a mutation has settled by itself, as it always does where nothing is shared. */
  #untold(event: EvictionEvent): EvictionEvent {
    const ids = event.causes.flatMap(({ change }) => change.id ?? [])
    if (event.by === 'relay') {
      const causes = event.causes.filter(({ change }) => change.id === undefined || !this.#settled.has(change.id))
      return { ...event, causes }
    }
    for (const id of ids) this.#settled.add(id)
    for (const id of this.#settled) {
      if (this.#settled.size <= mostSettled) break
      this.#settled.delete(id)
    }
    return event
  }

  #health(): Health | null {
    if (this.#sample === null) return null
    const { usage, now } = this.#options
    const { event, at } = this.#sample
    const own = usage()
    const { redis, pools } = event
    return {
      cacheTrouble: event.cache.trusted ? event.cache.trouble : (event.cache.trouble ?? 'changes may go unnoticed'),
      database: event.outbox !== null && now() - at < staleMs,
      outbox: event.outbox,
      store: event.cache.store,
      memory: own?.bytes ?? redis?.usedBytes ?? null,
      memoryLimit: own?.maxBytes ?? (redis === null || redis.maxBytes === 0 ? null : redis.maxBytes),
      dropped: redis?.evictedKeys ?? 0,
      clients: redis?.connections ?? null,
      pool: {
        size: pools.read.size + pools.write.size,
        inUse: pools.read.inUse + pools.write.inUse,
        waiting: pools.read.waiting + pools.write.waiting,
      },
    }
  }
}

/** Rows that follow from others, and are told after them. */
const derived = new Set(['product_pricing', 'product_rating', 'product_search'])

/** The kind of an entry, or of a whole kind by its generation. */
function kindOf(name: string): string {
  const [kind = '', of = ''] = name.split(':', 2)
  return kind === 'generation' ? of : kind
}

function evictionOf({ by, causes }: EvictionEvent, names: readonly string[], at: number): Eviction {
  const byHand = causes.some(({ change }) => isByHand(change))
  const changes = causes
    .map(({ change }) => change)
    .filter(({ entity }) => entity !== 'keys')
    .toSorted((one, other) => Number(derived.has(one.entity)) - Number(derived.has(other.entity)))
  return {
    ids: causes.slice(0, mostChanges).flatMap(({ change }) => change.id ?? []),
    at,
    by: byHand ? 'hand' : by === 'mutation' ? 'mutation' : 'outside',
    changes: changes.slice(0, mostChanges).map((change) => ({ row: rowOf(change), what: whatOf(change) })),
    more: Math.max(0, changes.length - mostChanges),
    keys: names.slice(0, mostKeys),
    count: names.length,
  }
}

type Change = EvictionEvent['causes'][number]['change']

function rowOf({ entity, before, after }: Change): string {
  const row = after ?? before
  if (row === null) return entity
  const ids = 'id' in row ? [row['id']] : [row['product_id'], row['category_id']]
  return `${entity} ${ids.filter((id) => typeof id === 'number').join('/')}`
}

function whatOf({ before, after }: Change): string {
  if (before === null) return after === null ? 'changed as a whole' : 'created'
  return after === null ? 'deleted' : 'updated'
}
