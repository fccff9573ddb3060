import type { Command, RedisServer } from './redis-connection.ts'
import { setAnyway } from './set-anyway.ts'

/**
 * When a server is read only while somebody vouches for it: always, once it was seen to have replicas, or never. A server
 * that has been replaced by its copy, and was cut off before it could notice, goes on answering with what it had.
 */
export type Vouching = 'always' | 'with-replicas' | 'never'

/** What keeps readers from a server that has been replaced by its copy: that somebody vouches for it, and a probe. */
export class Vouchers {
  readonly #key: string
  readonly #probe: Command
  readonly #vouching: Vouching
  #hasReplicas = false

  /** @param key kept in the server for as long as somebody vouches for it */
  constructor(key: string, vouching: Vouching) {
    this.#key = key
    this.#probe = ['UNLINK', `${key}-probe`]
    this.#vouching = vouching
  }

  /** Whether it is read only while the key is there. */
  get areNeeded(): boolean {
    return this.#vouching === 'always' || (this.#vouching === 'with-replicas' && this.#hasReplicas)
  }

  /** The server has so many replicas at present. */
  saw(replicas: number): void {
    this.#hasReplicas ||= replicas > 0
  }

  /** Vouches for so many ms. @throws where the server did not take it */
  async vouch(server: RedisServer, forMs: number): Promise<void> {
    await setAnyway(server, this.#key, '1', 'PX', Math.floor(forMs))
  }

  /** The answers to commands that read. @throws the first refusal */
  async send(server: RedisServer, commands: readonly Command[]): Promise<readonly unknown[]> {
    // a server that was just made a replica of its successor refuses to write, and until then it was the primary
    const replies = await server.send(this.areNeeded ? [...commands, this.#probe] : commands)
    const refusal = replies.find((reply) => reply instanceof Error)
    if (refusal !== undefined) throw refusal
    return replies.slice(0, commands.length)
  }
}
