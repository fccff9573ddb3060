import type { Command, RedisConnection } from './redis-connection.ts'
import { outcomeOf, scripts } from './scripts.ts'
import type { OutcomeOf, Transition } from './store.ts'

export interface Sending {
  /** For keys that are just moving here from another node of a cluster. */
  readonly asking: boolean
  /** Where writes name the last change; null for nowhere. */
  readonly changeKey: string | null
}

/** Makes transitions in one round trip: what each came to, or why it is not known. @throws where the connection fails */
export async function sendTransitions<T extends Transition>(
  connection: RedisConnection,
  transitions: readonly T[],
  { asking, changeKey }: Sending,
): Promise<OutcomeOf<T>[]> {
  const commands = transitions.map((each) => commandOf(each, changeKey))
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

function commandOf(transition: Transition, changeKey: string | null): Command {
  const { sha, args } = scripts[transition.do]
  const isWrite = transition.do === 'hold' || transition.do === 'evict'
  const keys = isWrite && changeKey !== null ? [transition.key, changeKey] : [transition.key]
  return ['EVALSHA', sha, keys.length, ...keys, ...args(transition)]
}
