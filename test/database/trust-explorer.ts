/**
 * A model of how instances that share a cache decide to trust it, small enough to look at every interleaving: two
 * instances that read and write, a relay on each, a cache that each may lose and find again, and a database that orders
 * what is recorded in it. Steps are as fine as what other processes can come in between.
 */
interface Instance {
  readonly reaches: boolean
  /** What it does; draining means that it has recorded that it trusts, and does not read from the cache yet. */
  readonly mode: 'bypassing' | 'draining' | 'trusting'
  /** What its row says. */
  readonly recorded: 'bypassing' | 'trusting'
  /** The writes that it waits for while it drains; null until it has looked. */
  readonly awaited: readonly number[] | null
  /** A load under a lease, and what it has read so far. */
  readonly load: { readonly lease: number; readonly value: number | null } | null
  /** A write on its way. */
  readonly write: { readonly value: number; readonly at: 'committed' | 'waiting' } | null
}

export interface World {
  readonly instances: readonly [Instance, Instance]
  /** What the database holds, and the writes that are still to be delivered. */
  readonly stored: number
  readonly outbox: readonly number[]
  /** The entry: a value, a lease, or nothing. */
  readonly entry:
    | { readonly is: 'value'; readonly value: number }
    | { readonly is: 'lease'; readonly lease: number }
    | null
  readonly acknowledged: number
  readonly leases: number
  readonly cutsLeft: number
  readonly writesLeft: number
}

/** Ways to get it wrong. */
export type Weakness =
  | 'trusts before draining'
  | 'records before it stops'
  | 'looks before recording'
  | 'forgets what it is about to trust'

export interface Exploration {
  readonly states: number
  /** The steps that led to a read older than what had been acknowledged; null where there is none. */
  readonly violation: readonly string[] | null
}

const newcomer: Instance = {
  reaches: true,
  mode: 'bypassing',
  recorded: 'bypassing',
  awaited: null,
  load: null,
  write: null,
}

const start: World = {
  instances: [newcomer, newcomer],
  stored: 0,
  outbox: [],
  entry: null,
  acknowledged: 0,
  leases: 0,
  cutsLeft: 3,
  writesLeft: 2,
}

type Step = readonly [label: string, next: World | 'violation']

/** Looks at every state that can be reached. */
export function explore(weakness: Weakness | null = null): Exploration {
  const seen = new Map<string, { before: string | null; label: string }>([
    [JSON.stringify(start), { before: null, label: '' }],
  ])
  const path = (key: string, last: string): string[] => {
    const labels = [last]
    for (let at: string | null = key; at !== null; at = seen.get(at)?.before ?? null)
      labels.push(seen.get(at)?.label ?? '')
    return labels.toReversed().filter((label) => label !== '')
  }
  const queue: World[] = [start]
  for (let world = queue.pop(); world !== undefined; world = queue.pop()) {
    const key = JSON.stringify(world)
    for (const [label, next] of steps(world, weakness)) {
      if (next === 'violation') return { states: seen.size, violation: path(key, label) }
      const nextKey = JSON.stringify(next)
      if (seen.has(nextKey)) continue
      seen.set(nextKey, { before: key, label })
      queue.push(next)
    }
  }
  return { states: seen.size, violation: null }
}

function steps(world: World, weakness: Weakness | null): Step[] {
  return ([0, 1] as const).flatMap((i) => {
    const name = 'ab'[i] ?? ''
    const all = [
      ...trusting(world, i, weakness),
      ...reading(world, i),
      ...writing(world, i, weakness),
      ...relaying(world, i),
    ]
    return all.map(([label, next]): Step => [`${name} ${label}`, next])
  })
}

function changed(world: World, i: 0 | 1, change: Partial<Instance>, rest: Partial<World> = {}): World {
  const instances = world.instances.map((each, at) => (at === i ? { ...each, ...change } : each))
  return { ...world, ...rest, instances: instances as unknown as World['instances'] }
}

function trusting(world: World, i: 0 | 1, weakness: Weakness | null): Step[] {
  const me = world.instances[i]
  const found: Step[] = []
  if (world.cutsLeft > 0) {
    found.push([
      me.reaches ? 'is cut off from the cache' : 'reaches the cache again',
      changed(world, i, { reaches: !me.reaches }, { cutsLeft: world.cutsLeft - 1 }),
    ])
  }
  const canRecordEarly = weakness === 'records before it stops' && !me.reaches && me.recorded === 'trusting'
  if (me.mode === 'bypassing' && me.recorded === 'trusting') {
    found.push(['records that it bypasses', changed(world, i, { recorded: 'bypassing' })])
  }
  if (canRecordEarly) found.push(['records that it bypasses, too early', changed(world, i, { recorded: 'bypassing' })])
  if (me.mode !== 'bypassing' && !me.reaches) {
    found.push(['stops trusting', changed(world, i, { mode: 'bypassing', awaited: null })])
  }
  if (me.mode === 'bypassing' && me.recorded === 'bypassing' && me.reaches) {
    if (weakness === 'looks before recording' && me.awaited === null) {
      found.push(['looks what is to be delivered, too early', changed(world, i, { awaited: world.outbox })])
    } else found.push(['records that it trusts', changed(world, i, { mode: 'draining', recorded: 'trusting' })])
  }
  if (me.mode === 'draining') {
    if (me.awaited === null) {
      const awaited = weakness === 'trusts before draining' ? [] : world.outbox
      found.push(['looks what is to be delivered', changed(world, i, { awaited })])
    } else if (!me.awaited.some((write) => world.outbox.includes(write))) {
      found.push(['trusts', changed(world, i, { mode: 'trusting', awaited: null })])
    }
  }
  return found
}

function reading(world: World, i: 0 | 1): Step[] {
  const me = world.instances[i]
  const { entry } = world
  const found: Step[] = []
  if (me.mode === 'trusting' && me.reaches && me.load === null) {
    if (entry?.is === 'value' && entry.value < world.acknowledged) {
      found.push([`reads ${entry.value}, though ${world.acknowledged} was acknowledged`, 'violation'])
    }
    if (entry === null) {
      const lease = world.leases + 1
      found.push([
        'is granted a lease',
        changed(world, i, { load: { lease, value: null } }, { entry: { is: 'lease', lease }, leases: lease }),
      ])
    }
  }
  if (me.load !== null && me.load.value === null) {
    found.push([`loads ${world.stored}`, changed(world, i, { load: { ...me.load, value: world.stored } })])
  }
  if (me.load !== null && me.load.value !== null) {
    // a command that was sent may arrive late, whatever its sender thinks of the cache by then
    const stands = entry?.is === 'lease' && entry.lease === me.load.lease
    const filled = stands ? ({ is: 'value', value: me.load.value } as const) : entry
    found.push([`fills ${me.load.value}`, changed(world, i, { load: null }, { entry: filled })])
    found.push(['loses its fill', changed(world, i, { load: null })])
  }
  return found
}

function writing(world: World, i: 0 | 1, weakness: Weakness | null): Step[] {
  const me = world.instances[i]
  const { write } = me
  if (write === null) {
    if (world.writesLeft === 0) return []
    const value = world.stored + 1
    return [
      [
        `commits ${value}`,
        changed(
          world,
          i,
          { write: { value, at: 'committed' } },
          { stored: value, outbox: [...world.outbox, value], writesLeft: world.writesLeft - 1 },
        ),
      ],
    ]
  }
  const answered = (rest: Partial<World> = {}): World =>
    changed(world, i, { write: null }, { acknowledged: Math.max(world.acknowledged, write.value), ...rest })
  const isDelivered = !world.outbox.includes(write.value)
  if (write.at === 'committed') {
    const waits: Step = ['cannot evict', changed(world, i, { write: { ...write, at: 'waiting' } })]
    if (me.mode !== 'trusting' || !me.reaches) return [waits]
    const evicted = { entry: null, outbox: world.outbox.filter((each) => each !== write.value) }
    return [['evicts and is answered', answered(evicted)], waits]
  }
  const other = world.instances[i === 0 ? 1 : 0]
  const iBypass =
    weakness === 'forgets what it is about to trust' ? me.mode !== 'trusting' : me.recorded === 'bypassing'
  if (isDelivered) return [['is answered, its rows being delivered', answered()]]
  if (other.recorded === 'bypassing' && iBypass) return [['is answered, all bypassing', answered()]]
  return []
}

/** Whoever does not bypass delivers; that there is usually one only saves work. */
function relaying(world: World, i: 0 | 1): Step[] {
  const me = world.instances[i]
  if (me.mode === 'bypassing' || !me.reaches) return []
  return world.outbox.map((write): Step => [
    `delivers ${write}`,
    { ...world, entry: null, outbox: world.outbox.filter((each) => each !== write) },
  ])
}
