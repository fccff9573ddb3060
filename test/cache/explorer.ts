import { absent, acquire, evict, fill, hold, mint, release, type State, type Value } from '../../src/cache/state.ts'

/** What is explored: how many read and write, what may go wrong, and which part of the protocol is taken out. */
export interface Model {
  /** How often each reader reads. */
  readonly readers: readonly number[]
  readonly writers: number
  /** Whether all readers share a process, and thus join each other's loads. */
  readonly oneProcess: boolean
  /** The entry is a list that carries its group's generation; writers touch the generation alone. */
  readonly grouped?: boolean
  /** Holds may be lost at any moment, by memory pressure or because the writer was too slow. */
  readonly holdsGetLost?: boolean
  /** Evictions may fail: the write is answered only once the relay has evicted. */
  readonly evictionsFail?: boolean
  /** Each reader is a process of its own that keeps copies, and asks what has changed before it uses them. */
  readonly near?: boolean
  /** Reads must never go back in time either. */
  readonly ordered: boolean
  readonly without?:
    | 'leases'
    | 'holds'
    | 'sets of holds'
    | 'stamps of loads that are joined'
    | 'records of holds'
    | 'giving up copies'
}

export interface Exploration {
  readonly states: number
  /** The steps to the first broken promise; undefined where there is none. */
  readonly violation: readonly string[] | undefined
}

type Reader =
  | { readonly is: 'idle' }
  /** Looked and found nothing: asks for a lease. */
  | { readonly is: 'asking'; readonly floor: number; readonly stamps: string }
  /** Found the generation missing: mints one. */
  | { readonly is: 'minting'; readonly floor: number; readonly entry: State }
  | { readonly is: 'loading'; readonly floor: number; readonly stamps: string; readonly token: string }
  | {
      readonly is: 'filling'
      readonly floor: number
      readonly stamps: string
      readonly token: string
      readonly value: number
    }
  | { readonly is: 'joined'; readonly floor: number; readonly token: string }
  /** Another process loads: looks again, or gives up and reads the database. */
  | { readonly is: 'waiting'; readonly floor: number }
  | { readonly is: 'direct'; readonly floor: number }
  | { readonly is: 'dead' }

type Writer = { readonly is: 'new' | 'holding' | 'committed' | 'failed' | 'done' | 'dead'; readonly version: number }

interface Copies {
  readonly entry: Value | null
  readonly generation: Value | null
  readonly changed: readonly Key[]
}

type Key = 'entry' | 'generation'

const noCopies: Copies = { entry: null, generation: null, changed: [] }

interface World {
  readonly database: number
  readonly entry: State
  readonly generation: State
  /** The newest version that a write was acknowledged for, and that a finished read has seen. */
  readonly acknowledged: number
  readonly seen: number
  readonly readers: readonly Reader[]
  readonly left: readonly number[]
  readonly writers: readonly Writer[]
  /** What each process has copies of, and which of its keys have changed since it asked last. */
  readonly copies: readonly Copies[]
  /** What the loads under a lease came to, for whoever joins: token, stamps, value. */
  readonly flights: readonly (readonly [token: string, stamps: string, value: number | null])[]
  /** Acquisitions whose callers gave up, and which may still run. */
  readonly late: readonly string[]
  readonly minted: number
  readonly broken: boolean
}

/** Walks through every interleaving of a model, and stops at the first world in which a promise is broken. */
export function explore(model: Model): Exploration {
  const first: World = {
    database: 0,
    entry: absent,
    generation: absent,
    acknowledged: 0,
    seen: 0,
    readers: model.readers.map(() => ({ is: 'idle' })),
    left: model.readers,
    writers: Array.from({ length: model.writers }, () => ({ is: 'new', version: 0 })),
    copies: model.readers.map(() => noCopies),
    flights: [],
    late: [],
    minted: 0,
    broken: false,
  }
  const visited = new Set<string>()
  const stack: { world: World; path: Path | undefined }[] = [{ world: first, path: undefined }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { world, path } = next
    if (world.broken) return { states: visited.size, violation: stepsOf(path) }
    const name = nameOf(world)
    if (visited.has(name)) continue
    visited.add(name)
    for (const [step, after] of stepsFrom(world, model)) stack.push({ world: after, path: { step, before: path } })
  }
  return { states: visited.size, violation: undefined }
}

/**
 * The same text for worlds that differ in nothing but the names of their generations, of which there is no end: they are
 * numbered in the order in which they occur.
 */
function nameOf(world: World): string {
  const { database, acknowledged, seen, readers, left, writers, copies, flights, late, broken } = world
  const parts = [world.entry, world.generation, ...readers, left, ...writers, ...copies, flights, late].map(textOf)
  const text = [database, acknowledged, seen, broken, ...parts].join(' ')
  if (world.minted === 0) return text
  const numbers = new Map<string, string>()
  return text.replaceAll(/\bg\d+\b/g, (token) => {
    if (!numbers.has(token)) numbers.set(token, `g${numbers.size}`)
    return numbers.get(token) ?? token
  })
}

// worlds share most of their parts with those that they come from
const texts = new WeakMap<object, string>()

function textOf(part: object): string {
  let text = texts.get(part)
  if (text === undefined) {
    text = JSON.stringify(part, (_name, value: unknown) => (value instanceof Map ? [...value] : value))
    texts.set(part, text)
  }
  return text
}

interface Path {
  readonly step: string
  readonly before: Path | undefined
}

function stepsOf(path: Path | undefined): string[] {
  const steps: string[] = []
  for (let at = path; at !== undefined; at = at.before) steps.unshift(at.step)
  return steps
}

type Steps = (readonly [step: string, after: World])[]

function stepsFrom(world: World, model: Model): Steps {
  return [
    ...world.readers.flatMap((reader, i) => readerSteps(world, model, reader, i)),
    ...world.writers.flatMap((writer, i) => writerSteps(world, model, writer, i)),
    ...expirySteps(world, model),
    ...world.late.flatMap((token): Steps => {
      const rest = world.late.filter((each) => each !== token)
      const ran = acquire(world.entry, 0, token, '', 1)
      return [
        [`late acquire ${token}`, { ...world, entry: ran.state }],
        [`release ${token}`, { ...world, late: rest, entry: release(world.entry, 0, token).state }],
      ]
    }),
  ]
}

function readerSteps(world: World, model: Model, reader: Reader, i: number): Steps {
  const become = (after: Reader, more: Partial<World> = {}): World => ({
    ...world,
    ...more,
    readers: world.readers.with(i, after),
  })
  const name = `reader ${i}`
  switch (reader.is) {
    case 'idle': {
      const left = world.left[i] ?? 0
      if (left === 0) return []
      const begun = { ...world, left: world.left.with(i, left - 1) }
      return [[`${name} looks`, look(begun, model, i, Math.max(world.acknowledged, world.seen))]]
    }
    case 'minting': {
      const fresh: Value = { is: 'value', token: `g${world.minted}`, stamps: '', json: '' }
      const minted = mint(world.generation, 0, fresh, 1)
      const after = { ...world, generation: minted.state, minted: world.minted + 1 }
      const stands = minted.outcome
      return [
        [
          `${name} mints`,
          stands.is === 'value'
            ? judge(after, model, i, reader.floor, reader.entry, stands.token)
            : become({ is: 'direct', floor: reader.floor }, after),
        ],
      ]
    }
    case 'asking': {
      const token = `r${i}.${world.left[i]}`
      const forgotten = world.copies.with(i, { ...(world.copies[i] ?? noCopies), entry: null })
      const late: [string, World] = [
        `${name} gives up asking`,
        become({ is: 'direct', floor: reader.floor }, { copies: forgotten, late: [...world.late, token] }),
      ]
      if (model.without === 'leases') {
        return [[`${name} is granted`, become({ is: 'loading', floor: reader.floor, stamps: reader.stamps, token })]]
      }
      const { state, outcome } = acquire(world.entry, 0, token, outdated(world.entry, reader.stamps), 1)
      const after = { ...world, copies: forgotten, entry: state }
      switch (outcome.is) {
        case 'granted':
          return [
            late,
            [
              `${name} is granted ${token}`,
              become(
                { is: 'loading', floor: reader.floor, stamps: reader.stamps, token },
                { copies: forgotten, entry: state, flights: [...world.flights, [token, reader.stamps, null]] },
              ),
            ],
          ]
        case 'value':
          if (outcome.value.stamps === reader.stamps)
            return [late, [`${name} hits after all`, answer(after, i, reader.floor, Number(outcome.value.json), model)]]
          return [late, [`${name} finds another value`, become({ is: 'direct', floor: reader.floor }, after)]]
        case 'lease':
          return [late, [`${name} is refused`, refused(after, model, i, reader.floor, reader.stamps, outcome.token)]]
        case 'hold':
          return [late, [`${name} meets a hold`, become({ is: 'direct', floor: reader.floor }, after)]]
      }
    }
    // falls through never: every outcome above returns
    case 'loading':
      return [
        [
          `${name} loads ${world.database}`,
          become(
            { is: 'filling', floor: reader.floor, stamps: reader.stamps, token: reader.token, value: world.database },
            {
              flights: world.flights.map((each) =>
                each[0] === reader.token ? [each[0], each[1], world.database] : each,
              ),
            },
          ),
        ],
        [
          `${name} dies`,
          become({ is: 'dead' }, { flights: world.flights.filter(([token]) => token !== reader.token) }),
        ],
      ]
    case 'filling': {
      const value: Value = { is: 'value', token: `v${reader.token}`, stamps: reader.stamps, json: String(reader.value) }
      const filled = fill(world.entry, 0, reader.token, value, 1)
      const entry = model.without === 'leases' ? value : filled.state
      const own = world.copies[i] ?? noCopies
      const copies =
        model.near === true && filled.outcome ? world.copies.with(i, { ...own, entry: value }) : world.copies
      const flights = world.flights.filter(
        ([token, , loaded]) => token !== reader.token || (loaded !== null && isJoined(world, token)),
      )
      return [
        [
          `${name} fills ${reader.value}`,
          answer({ ...world, entry, copies, flights }, i, reader.floor, reader.value, model),
        ],
      ]
    }
    case 'joined': {
      const flight = world.flights.find(([token]) => token === reader.token)
      if (flight === undefined) return [[`${name} lost its flight`, become({ is: 'direct', floor: reader.floor })]]
      return flight[2] === null ? [] : [[`${name} joins`, answer(world, i, reader.floor, flight[2], model)]]
    }
    case 'waiting':
      return [
        [`${name} looks again`, look(world, model, i, reader.floor)],
        [`${name} stops waiting`, become({ is: 'direct', floor: reader.floor })],
      ]
    case 'direct':
      return [[`${name} reads the database`, answer(world, i, reader.floor, world.database, model)]]
    case 'dead':
      return []
  }
}

/** One atomic read of the entry and its generation, or of copies of them that still stand at that moment. */
function look(world: World, model: Model, i: number, floor: number): World {
  if (model.near !== true) return lookAt(world, model, i, floor, world)
  const { changed, ...copies } = world.copies[i] ?? noCopies
  const standing = (key: Key): Value | null =>
    changed.includes(key) && model.without !== 'giving up copies' ? null : copies[key]
  const entry = standing('entry') ?? world.entry
  const generation = standing('generation') ?? world.generation
  const copied = { entry: valueOf(entry), generation: valueOf(generation), changed: [] }
  return lookAt({ ...world, copies: world.copies.with(i, copied) }, model, i, floor, { entry, generation })
}

function valueOf(state: State): Value | null {
  return state.is === 'value' ? state : null
}

function lookAt(
  world: World,
  model: Model,
  i: number,
  floor: number,
  { entry, generation }: { readonly entry: State; readonly generation: State },
): World {
  const become = (after: Reader): World => ({ ...world, readers: world.readers.with(i, after) })
  if (model.grouped !== true) return judge(world, model, i, floor, entry, '')
  switch (generation.is) {
    case 'value':
      return judge(world, model, i, floor, entry, generation.token)
    case 'hold':
      return become({ is: 'direct', floor })
    default:
      return become({ is: 'minting', floor, entry })
  }
}

function judge(world: World, model: Model, i: number, floor: number, entry: State, stamps: string): World {
  const become = (after: Reader): World => ({ ...world, readers: world.readers.with(i, after) })
  switch (entry.is) {
    case 'value':
      return entry.stamps === stamps
        ? answer(world, i, floor, Number(entry.json), model)
        : become({ is: 'asking', floor, stamps })
    case 'absent':
      return become({ is: 'asking', floor, stamps })
    case 'lease':
      return refused(world, model, i, floor, stamps, entry.token)
    case 'hold':
      return become({ is: 'direct', floor })
  }
}

function refused(world: World, model: Model, i: number, floor: number, stamps: string, token: string): World {
  const joins =
    model.oneProcess &&
    world.flights.some(
      ([flight, theirs]) =>
        flight === token && (theirs === stamps || model.without === 'stamps of loads that are joined'),
    )
  return { ...world, readers: world.readers.with(i, joins ? { is: 'joined', floor, token } : { is: 'waiting', floor }) }
}

function answer(world: World, i: number, floor: number, value: number, model: Model): World {
  const seen = model.ordered ? Math.max(world.seen, value) : 0
  return { ...world, seen, readers: world.readers.with(i, { is: 'idle' }), broken: world.broken || value < floor }
}

function outdated(entry: State, stamps: string): string {
  return entry.is === 'value' && entry.stamps !== stamps ? entry.token : ''
}

function isJoined(world: World, token: string): boolean {
  return world.readers.some((reader) => reader.is === 'joined' && reader.token === token)
}

function writerSteps(world: World, model: Model, writer: Writer, i: number): Steps {
  const touched = model.grouped === true ? 'generation' : 'entry'
  const become = (after: Writer, more: Partial<World> = {}): World => ({
    ...world,
    ...more,
    writers: world.writers.with(i, after),
  })
  const name = `writer ${i}`
  const id = model.without === 'sets of holds' ? 'w' : `w${i}`
  switch (writer.is) {
    case 'new': {
      const holds = model.without !== 'holds' && model.without !== 'leases'
      const state = holds ? hold(world[touched], 0, id, 1).state : world[touched]
      const copies = model.without === 'records of holds' ? world.copies : recorded(world, touched)
      return [
        [`${name} ${holds ? 'holds' : 'begins'}`, become({ is: 'holding', version: 0 }, { [touched]: state, copies })],
      ]
    }
    case 'holding': {
      const version = world.database + 1
      return [
        [`${name} commits ${version}`, become({ is: 'committed', version }, { database: version })],
        [`${name} dies`, become({ is: 'dead', version: 0 })],
      ]
    }
    case 'committed': {
      const acknowledged = Math.max(world.acknowledged, writer.version)
      const state = evict(world[touched], 0, id).state
      return [
        [
          `${name} evicts and is answered`,
          become({ is: 'done', version: 0 }, { [touched]: state, acknowledged, copies: recorded(world, touched) }),
        ],
        [`${name} dies`, become({ is: 'dead', version: 0 })],
        ...(model.evictionsFail === true
          ? [[`${name} fails to evict`, become({ ...writer, is: 'failed' })] as const]
          : []),
      ]
    }
    case 'failed': {
      const acknowledged = Math.max(world.acknowledged, writer.version)
      const state = evict(world[touched], 0, null).state
      return [
        [
          `the relay evicts, ${name} is answered`,
          become({ is: 'done', version: 0 }, { [touched]: state, acknowledged, copies: recorded(world, touched) }),
        ],
      ]
    }
    case 'done':
    case 'dead':
      return []
  }
}

/** A hold or an eviction is recorded where the key is not held already. */
function recorded(world: World, key: Key): readonly Copies[] {
  if (world[key].is === 'hold') return world.copies
  return world.copies.map((each) => (each.changed.includes(key) ? each : { ...each, changed: [...each.changed, key] }))
}

/** Anything may expire at any moment; a hold only once its writer is dead, unless holds get lost. */
function expirySteps(world: World, model: Model): Steps {
  return (['entry', 'generation'] as const).flatMap((key): Steps => {
    const state = world[key]
    if (state.is === 'absent') return []
    if (state.is !== 'hold') return [[`the ${state.is} of the ${key} expires`, { ...world, [key]: absent }]]
    return [...state.holders.keys()].flatMap((writer): Steps => {
      const { is } = world.writers[Number(writer.slice(1))] ?? { is: 'new' }
      // a writer whose eviction failed gives its hold up by letting it run out
      const isGivenUp = is === 'dead' || is === 'failed' || (is === 'done' && model.evictionsFail === true)
      if (!isGivenUp && model.holdsGetLost !== true) return []
      const holders = new Map([...state.holders].filter(([each]) => each !== writer))
      const after: State = holders.size === 0 ? absent : { is: 'hold', holders }
      return [[`the hold of ${writer} on the ${key} expires`, { ...world, [key]: after }]]
    })
  })
}
