import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Cache, Count } from '../cache/index.ts'
import type { Feed } from '../observe/index.ts'
import { History } from './history.ts'
import { Recorder } from './recorder.ts'
import { evictionsOf, momentOf, summarize, type State } from './state.ts'
import { mostSlots, parseTick, slotMs, type Tick } from './tick.ts'

/** A log that instances share: bounded, and gone when nobody adds to it any more. Nothing depends on it. */
export interface SharedLog {
  append(log: string, line: string, bounds: { readonly most: number; readonly ttlMs: number }): Promise<void>
  read(log: string, after: string | null): Promise<readonly (readonly [place: string, line: string])[]>
}

export interface ConsoleOptions {
  readonly feed: Feed
  readonly cache: Cache
  /** Without it the console knows of this instance alone. */
  readonly shared?: SharedLog | undefined
  /** The clock, in ms since the epoch; replaced by tests. */
  readonly now?: () => number
}

/** What people watch: what this instance and those beside it do. */
export interface Console {
  /** Tells the whole state, and from then on every two seconds what is new in it. Returns what ends that. */
  watch(tell: (state: State) => void): () => void
  /** Closes the slot that is running once its time is over, as happens by itself. */
  tick(): Promise<void>
  close(): void
}

const log = 'console'
// ten minutes of five instances; of more, less
const bounds = { most: 5 * mostSlots, ttlMs: mostSlots * slotMs }
// timers may be early by a little
const graceMs = 20
// a slot is told again while others may still add to it
const openSlots = 3

/** Begins to record what happens, and to tell it to other instances. What they tell is read while somebody watches. */
export function startConsole({ feed, cache, shared, now = Date.now }: ConsoleOptions): Console {
  const instance = { id: randomBytes(6).toString('base64url'), name: `${hostname()}/${process.pid}` }
  const recorder = new Recorder(
    { instance, usage: () => cache.store.usage(), nameOf: (key) => cache.nameOf(key), now },
    slotOf(now()),
  )
  const history = new History()
  const watchers = new Set<(state: State) => void>()
  const unsubscribe = feed.subscribe(recorder.listen)
  let place: string | null = null
  let count: Count | null = null
  let running: Promise<void> | undefined
  let timer = atEndOfSlot()

  function atEndOfSlot(): NodeJS.Timeout {
    const leftMs = slotOf(now()) + slotMs - now()
    return setTimeout(() => {
      timer = atEndOfSlot()
      void tick()
    }, leftMs + graceMs).unref()
  }

  /** One at a time, however slow Redis is. */
  function tick(): Promise<void> {
    running ??= ticked().finally(() => {
      running = undefined
    })
    return running
  }

  async function ticked(): Promise<void> {
    const slot = slotOf(now())
    if (slot <= recorder.at) return
    const own = recorder.close(slot)
    history.add(own)
    history.trim(slot)
    await shared?.append(log, JSON.stringify(own), bounds)
    if (watchers.size === 0) return
    const others = await readOthers()
    count = await cache.census()
    const state = stateSince(slot - openSlots * slotMs, [own, ...others], false)
    for (const tell of watchers) tell(state)
  }

  async function readOthers(): Promise<Tick[]> {
    const ticks: Tick[] = []
    for (const [at, line] of (await shared?.read(log, place)) ?? []) {
      place = at
      const told = parseTick(line)
      if (told === null || told.instance.id === instance.id) continue
      history.add(told)
      ticks.push(told)
    }
    history.trim(now())
    return ticks
  }

  function stateSince(at: number, fresh: readonly Tick[] | null, whole: boolean): State {
    const slots = history.since(0)
    return {
      whole,
      most: mostSlots,
      slots: history.since(at).map((ticks) => momentOf(ticks, ticks[0]?.at ?? at)),
      ...summarize(slots, now(), count?.entries ?? null),
      counted: count === null ? null : Math.max(0, now() - count.at),
      evictions: evictionsOf(fresh ?? slots.flat()),
    }
  }

  return {
    watch(tell) {
      let ended = false
      const begin = async (): Promise<void> => {
        // nobody who opens the page in trouble waits for what does not answer
        tell(stateSince(0, null, true))
        // what is told from here on is what is new since the whole was
        await running
        if (watchers.size === 0) {
          await readOthers()
          count = freshCount(await cache.census(), now())
        }
        if (ended) return
        tell(stateSince(0, null, true))
        watchers.add(tell)
      }
      void begin()
      return () => {
        ended = true
        watchers.delete(tell)
      }
    },
    tick,
    close() {
      clearTimeout(timer)
      unsubscribe()
      watchers.clear()
    },
  }
}

/** One that was taken when somebody watched last says nothing any more. */
function freshCount(count: Count | null, now: number): Count | null {
  return count !== null && now - count.at < 2 * slotMs ? count : null
}

function slotOf(now: number): number {
  return Math.floor(now / slotMs) * slotMs
}
