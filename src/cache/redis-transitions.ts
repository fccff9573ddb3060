import { loadScripts } from './load-scripts.ts'
import type { Command, RedisConnection } from './redis-connection.ts'
import { isNoScript } from './redis-replies.ts'
import { outcomeOf, scripts } from './scripts.ts'
import { isWriters, type OutcomeOf, type Transition } from './store.ts'

export interface Sending {
  /** For keys that are just moving here from another node of a cluster. */
  readonly asking: boolean
  /** Where holds and evictions are counted and listed; null in a cluster, where keys lie in slots that no script may mix. */
  readonly changeKeys: readonly string[] | null
}

type Group<T extends Transition> = [T, ...T[]]

// a script keeps everybody else waiting
const mostTogether = 500

/**
 * Makes transitions in one round trip. Returns what each came to, or why that is not known. A script that Redis does not
 * know did not run, so those that need it are sent once more.
 * @throws where the connection fails
 */
export async function sendTransitions<T extends Transition>(
  connection: RedisConnection,
  transitions: readonly T[],
  sending: Sending,
): Promise<OutcomeOf<T>[]> {
  const outcomes = await sendOnce(connection, transitions, sending)
  const unknown = transitions.filter((_, i) => isNoScript(outcomes[i]))
  if (unknown.length === 0) return outcomes
  await loadScripts(connection)
  const again = await sendOnce(connection, unknown, sending)
  return outcomes.map((outcome) => (isNoScript(outcome) ? (again.shift() ?? outcome) : outcome))
}

async function sendOnce<T extends Transition>(
  connection: RedisConnection,
  transitions: readonly T[],
  { asking, changeKeys }: Sending,
): Promise<OutcomeOf<T>[]> {
  const groups = changeKeys === null ? transitions.map((each): Group<T> => [each]) : grouped(transitions)
  const commands = groups.map((group) => commandOf(group, changeKeys ?? []))
  const replies = asking
    ? (await connection.send(commands.flatMap((command) => [['ASKING'] as const, command]))).filter(
        (_, i) => i % 2 === 1,
      )
    : await connection.send(commands)
  return groups.flatMap((group, i) => group.map((each, place) => settled(each, replies[i], place)))
}

function settled<T extends Transition>(transition: T, reply: unknown, place: number): OutcomeOf<T> {
  if (reply instanceof Error) return reply
  try {
    return outcomeOf(transition, isWriters(transition) ? (reply as readonly unknown[])[place] : reply) as OutcomeOf<T>
  } catch (unexpected) {
    return unexpected as Error
  }
}

/** What one writer does to several keys goes in one command. */
function grouped<T extends Transition>(transitions: readonly T[]): Group<T>[] {
  const groups: Group<T>[] = []
  for (const each of transitions) {
    const last = groups.at(-1)
    if (last !== undefined && last.length < mostTogether && isSameWrite(last[0], each)) last.push(each)
    else groups.push([each])
  }
  return groups
}

function isSameWrite(one: Transition, other: Transition): boolean {
  if (one.do === 'hold') return other.do === 'hold' && one.writer === other.writer && one.holdMs === other.holdMs
  return one.do === 'evict' && other.do === 'evict' && one.writer === other.writer
}

function commandOf(group: Group<Transition>, changeKeys: readonly string[]): Command {
  const [first] = group
  const { sha, args } = scripts[first.do]
  const keys = [...group.map(({ key }) => key), ...(isWriters(first) ? changeKeys : [])]
  return ['EVALSHA', sha, keys.length, ...keys, ...args(first, group.length)]
}
