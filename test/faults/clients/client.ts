import type { Random } from '../../../src/seed/random.ts'
import type { Availability } from '../availability.ts'
import type { Interval } from '../judge/history.ts'
import type { Judge, Observation } from '../judge/judge.ts'
import type { Outcome } from '../judge/row.ts'
import type { ApiProcess } from '../world/api-process.ts'
import { post } from './http.ts'
import type { Shelf, ReviewShelf } from './slots.ts'

/** What all clients of a run share. */
export interface Run {
  readonly processes: readonly ApiProcess[]
  readonly judge: Judge
  readonly availability: Availability
  readonly shelf: Shelf
  readonly reviews: ReviewShelf
  /** Allows what clients do. */
  readonly token: string
  readonly random: Random
  /** Writes by how they came out. */
  readonly writes: Record<Outcome | 'outside', number>
  /** Of writes from outside: ms from their COMMIT until they were delivered. */
  readonly deliveryMs: number[]
  /** What no fault explains: errors that are not those of a service in trouble, and refusals of what is allowed. */
  readonly oddities: Map<string, number>
  /** Requests of clients, reads and writes. */
  requests: number
  /** Answers that were served whole, without being executed. */
  served: number
  /** A text that is never given twice, of equal length each time. */
  unique(): string
}

/** An answered request. */
export interface Answered extends Observation {
  // what was asked for decides what it is
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any
  readonly pending: boolean
}

/** A request that was not answered; `unsent` where it cannot have had an effect. */
export interface Unanswered {
  readonly unsent: boolean
  readonly interval: Interval
  readonly process: string
}

const readTimeoutMs = 4000
// longer than a write may wait for its delivery before it is answered PENDING
const writeTimeoutMs = 15_000
const troubles = new Set(['UNAVAILABLE', 'TIMEOUT'])
// whoever gave no answer is left alone for so long, as a balancer would
const avoidedMs = 300
const avoidedUntil = new WeakMap<ApiProcess, number>()

/** Picks a process that has not just failed to answer; any where all have. */
export function pickProcess({ processes, random }: Run): ApiProcess {
  const now = performance.now()
  const well = processes.filter((process) => (avoidedUntil.get(process) ?? 0) < now)
  return random.pick(well.length > 0 ? well : processes)
}

/** Asks a process, and counts how that went. */
export async function ask(
  run: Run,
  process: ApiProcess,
  query: string,
  variables: object,
  as: 'reader' | 'writer',
): Promise<Answered | Unanswered> {
  const { url } = process
  const begun = performance.now()
  run.requests += 1
  const failed = (unsent: boolean): Unanswered => {
    const interval = { begun, ended: performance.now() }
    avoidedUntil.set(process, interval.ended + avoidedMs)
    run.availability.record(process.name, interval, false)
    return { unsent, interval, process: process.name }
  }
  if (url === null) return failed(true)
  try {
    const timeoutMs = as === 'reader' ? readTimeoutMs : writeTimeoutMs
    // what repeats is served whole where nothing has changed; a text that never comes back is always executed
    const text = as === 'reader' && run.random.chance(0.25) ? `${query} # ${run.unique()}` : query
    const body = await post(url, { query: text, variables }, { token: as === 'writer' ? run.token : null, timeoutMs })
    if (body.errors !== undefined) {
      for (const { message, extensions } of body.errors) {
        if (!troubles.has(extensions?.code ?? '')) count(run.oddities, `${extensions?.code}: ${message}`)
      }
      return failed(false)
    }
    if (body.data === undefined) {
      count(run.oddities, `no GraphQL answer: ${JSON.stringify(body).slice(0, 120)}`)
      return failed(false)
    }
    const interval = { begun, ended: performance.now() }
    if (body.served) run.served += 1
    run.availability.record(process.name, interval, true)
    const pending = body.extensions?.larder?.propagation === 'PENDING'
    return { data: body.data, pending, interval, process: process.name }
  } catch (error) {
    return failed((error as NodeJS.ErrnoException).code === 'ECONNREFUSED')
  }
}

/** How a mutation came out. Its payload is the only field that was asked for. */
export function outcomeOf(run: Run, answer: Answered | Unanswered): Outcome {
  if ('unsent' in answer) return counted(run, answer.unsent ? 'refused' : 'unknown')
  const [payload] = Object.values(answer.data as Record<string, { userErrors: { code: string; message: string }[] }>)
  const [userError] = payload?.userErrors ?? []
  if (userError !== undefined) {
    count(run.oddities, `userError ${userError.code}: ${userError.message}`)
    return counted(run, 'refused')
  }
  return counted(run, answer.pending ? 'pending' : 'done')
}

function counted(run: Run, outcome: Outcome): Outcome {
  run.writes[outcome] += 1
  return outcome
}

function count(counts: Map<string, number>, what: string): void {
  if (counts.size < 100 || counts.has(what)) counts.set(what, (counts.get(what) ?? 0) + 1)
}
