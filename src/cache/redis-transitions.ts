import type { Command, RedisConnection } from './redis-connection.ts'
import { outcomeOf, scripts } from './scripts.ts'
import type { OutcomeOf, Transition } from './store.ts'

export interface Sending {
  /** For keys that are just moving here from another node of a cluster. */
  readonly asking: boolean
  /** Where holds and evictions are counted and listed; none for nowhere. */
  readonly changeKeys: readonly string[]
}

/** Makes transitions in one round trip: what each came to, or why it is not known. @throws where the connection fails */
export async function sendTransitions<T extends Transition>(
  connection: RedisConnection,
  transitions: readonly T[],
  { asking, changeKeys }: Sending,
): Promise<OutcomeOf<T>[]> {
  const commands = transitions.map((each) => commandOf(each, changeKeys))
  const replies = asking
    ? (await connection.send(commands.flatMap((command) => [['ASKING'] as const, command]))).filter(
        (_, i) => i % 2 === 1,
      )
    : await connection.send(commands)
  return transitions.map((each, i) => {
    const reply = replies[i]
    if (reply instanceof Error) return reply
    try {
      return outcomeOf(each, reply) as OutcomeOf<T>
    } catch (unexpected) {
      return unexpected as Error
    }
  })
}

function commandOf(transition: Transition, changeKeys: readonly string[]): Command {
  const { sha, args } = scripts[transition.do]
  const isWrite = transition.do === 'hold' || transition.do === 'evict'
  const keys = isWrite ? [transition.key, ...changeKeys] : [transition.key]
  return ['EVALSHA', sha, keys.length, ...keys, ...args(transition)]
}
