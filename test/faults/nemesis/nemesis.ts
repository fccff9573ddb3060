import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../world/world.ts'
import type { FaultLog, FaultRecord } from './fault-log.ts'
import { faultKinds } from './faults.ts'
import type { PlannedFault, Turn } from './schedule.ts'

/** Plays the turns of a schedule, one after the other, until it is stopped; whatever it has begun it ends. */
export async function runNemesis(
  world: World,
  turns: Iterable<Turn>,
  log: FaultLog,
  stopping: AbortSignal,
  told: (line: string) => void,
): Promise<void> {
  for (const { pauseMs, fault, second } of turns) {
    await pause(pauseMs, stopping)
    if (stopping.aborted) return
    const first = play(world, fault, log, stopping, told)
    if (second !== null) {
      await pause(fault.lastsMs / 2, stopping)
      await play(world, second, log, stopping, told)
    }
    await first
  }
}

async function play(
  world: World,
  { kind, process: number, lastsMs }: PlannedFault,
  log: FaultLog,
  stopping: AbortSignal,
  told: (line: string) => void,
): Promise<void> {
  const definition = faultKinds[kind]
  const process = world.processes[number % world.processes.length]
  if (definition === undefined || process === undefined) throw new Error(`there is no fault "${kind}"`)
  const record: FaultRecord = log.begin(
    {
      kind,
      process: definition.one ? process.name : null,
      concernsHolds: definition.group !== 'postgres' || definition.one,
    },
    performance.now(),
  )
  told(`${kind}${definition.one ? ` (${process.name})` : ''} for ${lastsMs} ms`)
  const end = await definition.inject(world, process)
  await pause(lastsMs, stopping)
  await end()
  log.end(record, performance.now())
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopping }).catch(() => {})
}
