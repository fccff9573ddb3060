import { decode, encode, tokenLength } from './codec.ts'
import type { Command, RedisServer } from './redis-connection.ts'
import { replaceLife } from './scripts.ts'
import { identify, weaknesses, type Identity } from './server-check.ts'
import type { Value } from './state.ts'
import { newToken } from './tokens.ts'

/**
 * Records which server the data under a name is kept in, for all who share it. Answers with the epoch, a new one where it
 * was another server before. It takes its own time, and ends by itself: until then nothing is read.
 */
export type Admit = (name: string, server: string) => Promise<string>

/**
 * The life of the data in one Redis server: a token, stored beside the data and bound to the server's run id, to the epoch
 * in which it is the one that is used, and to the database behind it. After a restart, a failover, a failback, or a
 * database restored to an earlier moment, a new one is minted, and nothing stored under the old one is valid any more.
 *
 * To establish it takes several questions, one of them to a database that may be slow, and meanwhile the connection may
 * come to lead to another server: to a copy of the first, say, which has the same life stored, and has missed an eviction.
 * So every connection begins an era, and what was asked in an earlier one comes to nothing.
 */
export class Life {
  readonly #key: string
  #origin: string
  readonly #warn: (message: string) => void
  readonly #admit: Admit
  #era = 0
  #token: string | null = null
  #isMet = false
  #epoch: string | null = null
  #lastRunId: string | undefined
  #warned = false

  constructor(key: string, origin: string, admit: Admit, warn: (message: string) => void) {
    this.#key = key
    this.#origin = origin
    this.#admit = admit
    this.#warn = warn
  }

  /** Another number whenever what was known, or about to be, was forgotten. */
  get era(): number {
    return this.#era
  }

  /** The epoch in which the server was met last; null before it was. */
  get epoch(): string | null {
    return this.#epoch
  }

  /** Whether a life is known, without which nothing can be read. */
  get isKnown(): boolean {
    return this.#token !== null
  }

  /**
   * Whether it was established over this connection, so that what is done over it is done in the server of `epoch`. Before
   * that it may be another, which is left again before anybody has recorded that it was used.
   */
  get isMet(): boolean {
    return this.#isMet
  }

  /** The life in which a stored life key puts what was read together with it; null where it is not the one we know. */
  confirm(raw: string | null): string | null {
    const state = decode(raw)
    return state?.is === 'value' && state.token === this.#token ? state.token : null
  }

  /** To be called on every connection before anything is read: nothing is trusted until {@link establish} is done. */
  connected(): void {
    this.#isMet = false
    this.forget()
  }

  /** Nothing is trusted until it is established anew. */
  forget(): void {
    this.#era += 1
    this.#token = null
  }

  /** The data belongs to this database from now on; until it is established again nothing is trusted. */
  bind(origin: string): void {
    this.#origin = origin
    this.forget()
  }

  /** Meets the server: takes up the life it is in, or begins a new one. @throws where it cannot be trusted */
  async establish(server: RedisServer): Promise<Identity> {
    const era = this.#era
    return this.#takeUp(server, await identify(server), era)
  }

  /** Looks again whether it is still the same server in the same role; if not, nothing is trusted any more. */
  async verify(server: RedisServer): Promise<Identity> {
    const era = this.#era
    const identity = await identify(server)
    this.#refuseOutdated(era)
    if (identity.runId === this.#lastRunId && this.isKnown) return identity
    this.#token = null
    return this.#takeUp(server, identity, era)
  }

  async #takeUp(server: RedisServer, identity: Identity, era: number): Promise<Identity> {
    const { runId } = identity
    await this.#warnOnce(server, identity)
    // Asked over every connection, also of the server and the life that are known already. As long as a connection stands,
    // Redis is there for whoever evicts; but while there was none it may have been away for all, and others in another
    // server by now, or writing without any. The database alone knows, and where it is away the server is not used.
    const epoch = await this.#admit(this.#key, runId)
    // before it touches what may be another server's life, and after whatever it has heard of it
    this.#refuseOutdated(era)
    const token = await this.#tokenIn(server, runId, JSON.stringify({ runId, epoch, origin: this.#origin }))
    this.#refuseOutdated(era)
    this.#token = token
    this.#isMet = true
    this.#lastRunId = runId
    this.#epoch = epoch
    return identity
  }

  /** The token of the life that is bound so: the stored one, or a new one; null where somebody else has bound it otherwise. */
  async #tokenIn(server: RedisServer, runId: string, bound: string): Promise<string | null> {
    const raw = await one(server, ['GET', this.#key])
    const seen = decode(raw)
    const known = seen?.is === 'value' ? seen : null
    // led to another server than before, perhaps back to one where nobody evicted meanwhile
    const hasMoved = this.#lastRunId !== undefined && this.#lastRunId !== runId
    if (known !== null && known.json === bound && !hasMoved) return known.token
    const fresh: Value = { is: 'value', token: newToken(), stamps: 'life', json: bound }
    const outdated = raw?.slice(0, tokenLength + 1) ?? ''
    const stored = await one(server, ['EVAL', replaceLife.source, 1, this.#key, outdated, encode(fresh) ?? ''])
    const stands = decode(stored)
    return stands?.is === 'value' && stands.json === bound ? stands.token : null
  }

  #refuseOutdated(era: number): void {
    if (era !== this.#era) throw new Error('it was asked about a server that may be another by now')
  }

  async #warnOnce(server: RedisServer, identity: Identity): Promise<void> {
    if (this.#warned) return
    this.#warned = true
    for (const weakness of await weaknesses(server, identity)) this.#warn(`Redis at ${server.address}: ${weakness}`)
  }
}

async function one(server: RedisServer, command: Command): Promise<string | null> {
  const [reply] = await server.send([command])
  if (reply instanceof Error) throw reply
  return typeof reply === 'string' ? reply : null
}
