import { setTimeout as sleep } from 'node:timers/promises'
import { Availability } from './availability.ts'
import { audit } from './clients/auditor.ts'
import { beginRun } from './clients/begin.ts'
import { storeCatalog } from './clients/catalog.ts'
import type { Run } from './clients/client.ts'
import { writeFromOutside } from './clients/outsider.ts'
import { actAsClient } from './clients/work.ts'
import { Ending } from './ending.ts'
import { Judge, type Violation } from './judge/judge.ts'
import { FaultLog } from './nemesis/fault-log.ts'
import { runNemesis } from './nemesis/nemesis.ts'
import { schedule, type ScheduleOptions } from './nemesis/schedule.ts'
import type { Totals } from './totals.ts'
import { startWorld, type World } from './world/world.ts'

export interface RunOptions {
  readonly seed: number
  /** How long clients are at work, in ms; less where the faults come to an end before. */
  readonly forMs: number
  /** The faults to draw from; none for a soak. */
  readonly faults: Omit<ScheduleOptions, 'seed' | 'processes'> | null
  readonly processes?: number
  readonly clients?: number
  /** How long a client pauses between two requests, in ms, on average. */
  readonly thinkMs?: number
  /** How long the writer from outside pauses between two writes, in ms, on average. */
  readonly outsideMs?: number
  /** The sources that the API processes run; this tree by default. */
  readonly root?: string
  /** Ends the run early. */
  readonly stopping?: AbortSignal
  readonly told?: (line: string) => void
  /** Whether to end with the first violation. */
  readonly untilViolation?: boolean
}

/** Starts a world, lets clients and the nemesis at it, and judges every read. */
export async function runFaults(options: RunOptions): Promise<Totals> {
  const { processes = 3, root } = options
  const world = await startWorld(processes, root)
  try {
    return await runIn(world, options)
  } finally {
    await world.stop()
  }
}

async function runIn(world: World, options: RunOptions): Promise<Totals> {
  const { seed, forMs, faults, clients = 8, thinkMs = 50, outsideMs = 500, stopping, told = () => {} } = options
  const client = await world.database.connect()
  await storeCatalog(client)
  await client.end()

  const begun = performance.now()
  const log = new FaultLog()
  const ending = new Ending(stopping)
  const judge = new Judge(log.troubled, (violation) => {
    for (const line of describeViolation(violation, seed)) told(line)
    if (options.untilViolation === true) ending.now()
  })
  const run = await beginRun(world, judge, new Availability(log), seed, begun)
  const tell = (line: string): void => {
    const at = performance.now()
    judge.history.note('faults', at, line)
    told(`${((at - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`)
  }
  const { signal } = ending
  const working = [
    ...Array.from({ length: clients }, () => actAsClient(run, thinkMs, signal)),
    writeFromOutside(run, world.database, signal, outsideMs),
    audit(run, world.database, signal),
  ]
  if (faults !== null) {
    const turns = schedule({ seed, processes: world.processes.length, ...faults })
    working.push(runNemesis(world, turns, log, signal, tell))
  }
  const warm = sleep(forMs / 5, undefined, { signal }).catch(() => {})
  const atStart = warm.then(() => memory(world))
  ending.after(forMs)
  await ending.of(working)
  for (const complaint of world.processes.flatMap(({ complaints }) => complaints)) {
    run.oddities.set(complaint, (run.oddities.get(complaint) ?? 0) + 1)
  }
  return totalsOf(run, log, performance.now() - begun, { atStart: await atStart, atEnd: await memory(world) })
}

async function memory({ processes }: World): Promise<Record<string, number | null>> {
  const entries = await Promise.all(processes.map(async (each) => [each.name, await each.memory()] as const))
  return Object.fromEntries(entries)
}

function totalsOf(
  { judge, availability, writes, deliveryMs, oddities, requests, served }: Run,
  log: FaultLog,
  ms: number,
  rssMb: Totals['rssMb'],
): Totals {
  return {
    ms: Math.round(ms),
    reads: judge.reads,
    requests,
    served,
    readsBySort: judge.judged,
    writes,
    faults: log.counts(),
    violations: judge.violationCount,
    firstViolations: judge.violations,
    excused: judge.excused,
    unavailability: availability.byFault,
    deliveryMs: deliveryMs.map(Math.round),
    oddities: Object.fromEntries(oddities),
    rssMb,
  }
}

/** A violation for people: what it is, what led to it, and how to see it again. */
function describeViolation(violation: Violation, seed: number): string[] {
  const { kind, what, message, process, readsBefore, timeline } = violation
  return [
    `VIOLATION ${kind}: ${what}: ${message} (answered by ${process}, after ${readsBefore} judged reads, seed ${seed})`,
    ...timeline.map((line) => `    ${line}`),
  ]
}
