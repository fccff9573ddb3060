import { SignJWT } from 'jose'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../src/seed/random.ts'
import { Availability } from './availability.ts'
import { hotCategories, hotProducts, counters, firstQuantity, hotVariants, storeCatalog } from './clients/catalog.ts'
import type { Run } from './clients/client.ts'
import { readRows, variantValue, writeRow } from './clients/rows.ts'
import { emptyReviews, Shelf } from './clients/slots.ts'
import { Judge, type Violation } from './judge/judge.ts'
import { FaultLog } from './nemesis/fault-log.ts'
import { runNemesis } from './nemesis/nemesis.ts'
import { schedule, type ScheduleOptions } from './nemesis/schedule.ts'
import type { Totals } from './totals.ts'
import { tokenSecret } from './world/api-process.ts'
import { startWorld, type World } from './world/world.ts'

export interface RunOptions {
  readonly seed: number
  /** How long clients are at work, in ms. */
  readonly forMs: number
  /** The faults to draw from; none for a soak. */
  readonly faults: Omit<ScheduleOptions, 'seed' | 'processes'> | null
  readonly processes?: number
  readonly clients?: number
  /** How long a client pauses between two requests, in ms, on average. */
  readonly thinkMs?: number
  /** The sources that the API processes run; this tree by default. */
  readonly root?: string
  /** Ends the run early. */
  readonly stopping?: AbortSignal
  readonly told?: (line: string) => void
  /** Whether to end with the first violation. */
  readonly untilViolation?: boolean
}

/** Starts a world, lets clients and the nemesis at it, and judges every read. */
export async function run(options: RunOptions): Promise<Totals> {
  const { processes = 3, root, told = () => {} } = options
  const world = await startWorld(processes, root)
  try {
    return await runIn(world, options, told)
  } finally {
    await world.stop()
  }
}

async function runIn(world: World, options: RunOptions, told: (line: string) => void): Promise<Totals> {
  const { seed, forMs, faults, clients = 8, thinkMs = 100, stopping, untilViolation = false } = options
  const client = await world.database.connect()
  await storeCatalog(client)
  await client.end()

  const begun = performance.now()
  const log = new FaultLog()
  const end = new AbortController()
  const ending = end.signal
  const timer = setTimeout(() => end.abort(), forMs)
  stopping?.addEventListener('abort', () => end.abort())
  const judge = new Judge(log.troubled, (violation) => {
    for (const line of describeViolation(violation, seed)) told(line)
    if (untilViolation) end.abort()
  })
  addRows(judge, begun)
  const shared: Run = {
    processes: world.processes,
    judge,
    availability: new Availability(log),
    shelf: new Shelf(begun),
    reviews: emptyReviews(),
    token: await writerToken(),
    random: new Random(seed, 1),
    writes: { done: 0, pending: 0, refused: 0, unknown: 0, outside: 0 },
    oddities: new Map(),
    requests: 0,
    unique: numbered(),
  }
  const memoryAtStart = await memory(world)
  const tell = (line: string): void => {
    const at = performance.now()
    judge.history.note('faults', at, line)
    told(`${((at - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`)
  }
  const nemesis =
    faults === null
      ? Promise.resolve()
      : runNemesis(world, schedule({ seed, processes: world.processes.length, ...faults }), log, ending, tell)
  const working = Array.from({ length: clients }, () => work(shared, thinkMs, ending))
  await Promise.all([nemesis, ...working])
  clearTimeout(timer)
  return totalsOf(shared, log, performance.now() - begun, { atStart: memoryAtStart, atEnd: await memory(world) })
}

async function work(run: Run, thinkMs: number, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await (run.random.chance(0.7) ? readRows(run) : writeRow(run))
    await sleep(run.random.next() * 2 * thinkMs, undefined, { signal: ending }).catch(() => {})
  }
}

function addRows(judge: Judge, at: number): void {
  for (const id of hotProducts) judge.addRow(`Product:${id}`, { version: 1, value: 'first' }, at)
  for (const id of hotVariants) {
    judge.addRow(`ProductVariant:${id}`, { version: 1, value: variantValue('first', '1.00', 1) }, at)
  }
  for (const id of counters) {
    judge.addRow(`ProductVariant:${id}`, { version: 1, value: variantValue('counter', '5.00', firstQuantity) }, at)
  }
  for (const id of hotCategories) judge.addRow(`Category:${id}`, { version: 1, value: 'first' }, at)
}

function writerToken(): Promise<string> {
  return new SignJWT({ scope: 'catalog:write reviews:write' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('24h')
    .sign(new TextEncoder().encode(tokenSecret))
}

function numbered(): () => string {
  let count = 0
  return () => {
    count += 1
    return `w${String(count).padStart(8, '0')}`
  }
}

async function memory({ processes }: World): Promise<Record<string, number | null>> {
  const entries = await Promise.all(processes.map(async (each) => [each.name, await each.memory()] as const))
  return Object.fromEntries(entries)
}

function totalsOf(
  { judge, availability, writes, oddities, requests }: Run,
  log: FaultLog,
  ms: number,
  rss: { atStart: Record<string, number | null>; atEnd: Record<string, number | null> },
): Totals {
  return {
    ms: Math.round(ms),
    reads: judge.reads,
    requests,
    readsBySort: judge.judged,
    writes,
    faults: log.counts(),
    violations: judge.violationCount,
    firstViolations: judge.violations,
    excused: judge.excused,
    unavailability: availability.byFault,
    deliveryMs: [],
    oddities: Object.fromEntries(oddities),
    rssMb: rss,
  }
}

/** A violation for people: what it is, what led to it, and how to see it again. */
export function describeViolation(violation: Violation, seed: number): string[] {
  const { kind, what, message, process, readsBefore, timeline } = violation
  return [
    `VIOLATION ${kind}: ${what}: ${message} (answered by ${process}, after ${readsBefore} judged reads, seed ${seed})`,
    ...timeline.map((line) => `    ${line}`),
  ]
}
