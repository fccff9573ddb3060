import { decode, encode, tokenLength } from './codec.ts'
import type { RedisConnection } from './redis-connection.ts'
import { replaceLife } from './scripts.ts'
import { identify, weaknesses, type Identity } from './server-check.ts'
import type { Value } from './state.ts'
import { newToken } from './tokens.ts'

/**
 * Records which server the data under a name is kept in, for all who share it. Answers with the epoch, a new one where it
 * was another server before.
 */
export type Admit = (name: string, server: string) => Promise<string>

/**
 * The life of the data in one Redis server: a token, stored beside the data and bound to the server's run id, to the epoch
 * in which it is the one that is used, and to the database behind it. After a restart, a failover, a failback, or a
 * database restored to an earlier moment, a new one is minted, and nothing stored under the old one is valid any more.
 */
export class Life {
  readonly #key: string
  #origin: string
  readonly #warn: (message: string) => void
  readonly #admit: Admit
  #token: string | null = null
  #epoch: string | null = null
  #lastRunId: string | undefined
  #warned = false

  constructor(key: string, origin: string, admit: Admit, warn: (message: string) => void) {
    this.#key = key
    this.#origin = origin
    this.#admit = admit
    this.#warn = warn
  }

  /** The epoch in which the server was met last; null before it was. */
  get epoch(): string | null {
    return this.#epoch
  }

  /** The life in which a stored life key puts what was read together with it; null where it is not the one we know. */
  confirm(raw: string | null): string | null {
    const state = decode(raw)
    return state?.is === 'value' && state.token === this.#token ? state.token : null
  }

  /** To be called on every connection before anything is read: nothing is trusted until {@link establish} is done. */
  forget(): void {
    this.#token = null
  }

  /** Whether a life is known, without which nothing can be read. */
  get isKnown(): boolean {
    return this.#token !== null
  }

  /** The data belongs to this database from now on; until it is established again nothing is trusted. */
  bind(origin: string): void {
    this.#origin = origin
    this.forget()
  }

  /** Meets the server: takes up the life it is in, or begins a new one. @throws where it cannot be trusted */
  async establish(connection: RedisConnection): Promise<Identity> {
    const identity = await identify(connection)
    const { runId } = identity
    await this.#warnOnce(connection, identity)
    const epoch = await this.#admit(this.#key, runId)
    const raw = await one(connection, ['GET', this.#key])
    const seen = decode(raw)
    const known = seen?.is === 'value' ? seen : null
    const bound = JSON.stringify({ runId, epoch, origin: this.#origin })
    // led to another server than before, perhaps back to one where nobody evicted meanwhile
    const hasMoved = this.#lastRunId !== undefined && this.#lastRunId !== runId
    if (known === null || known.json !== bound || hasMoved) {
      const fresh: Value = { is: 'value', token: newToken(), stamps: 'life', json: bound }
      const outdated = raw?.slice(0, tokenLength + 1) ?? ''
      const stands = decode(
        await one(connection, ['EVAL', replaceLife.source, 1, this.#key, outdated, encode(fresh) ?? '']),
      )
      this.#token = stands?.is === 'value' && stands.json === bound ? stands.token : null
    } else this.#token = known.token
    this.#lastRunId = runId
    this.#epoch = epoch
    return identity
  }

  /** Looks again whether it is still the same server in the same role; if not, nothing is trusted any more. */
  async verify(connection: RedisConnection): Promise<Identity> {
    const identity = await identify(connection)
    if (identity.runId === this.#lastRunId && this.isKnown) return identity
    this.forget()
    return this.establish(connection)
  }

  /** Begins a new life whatever stands. */
  async renew(connection: RedisConnection): Promise<void> {
    this.forget()
    await one(connection, ['DEL', this.#key])
    await this.establish(connection)
  }

  async #warnOnce(connection: RedisConnection, identity: Identity): Promise<void> {
    if (this.#warned) return
    this.#warned = true
    for (const weakness of await weaknesses(connection, identity))
      this.#warn(`Redis at ${connection.address}: ${weakness}`)
  }
}

async function one(
  connection: RedisConnection,
  command: readonly [string, ...(string | number)[]],
): Promise<string | null> {
  const [reply] = await connection.send([command])
  if (reply instanceof Error) throw reply
  return typeof reply === 'string' ? reply : null
}
