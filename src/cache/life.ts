import { decode, encode } from './codec.ts'
import type { RedisCommands } from './redis-store.ts'
import { replaceLife } from './scripts.ts'
import type { Value } from './state.ts'
import { newToken } from './tokens.ts'

/** What a Redis server says of itself. */
interface ServerIdentity {
  readonly runId: string
  readonly role: string
  readonly version: string
}

/**
 * The life of the data in one Redis: a token, stored beside the data and bound to the server's run id and to the database
 * behind it. After a restart, a failover, a failback, or a database restored to an earlier moment, a new one is minted,
 * and nothing stored under the old one is valid any more.
 */
export class Life {
  readonly #key: string
  readonly #origin: string
  #token: string | null = null
  #lastRunId: string | undefined

  constructor(key: string, origin: string) {
    this.#key = key
    this.#origin = origin
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

  /** Meets the server: takes up the life it is in, or begins a new one. @throws where it cannot be trusted */
  async establish(redis: RedisCommands): Promise<void> {
    const identity = await identify(redis)
    const seen = decode(await redis.get(this.#key))
    const known = seen?.is === 'value' ? seen : null
    const bound = JSON.stringify({ runId: identity.runId, origin: this.#origin })
    const moved = this.#lastRunId !== undefined && this.#lastRunId !== identity.runId
    if (known === null || known.json !== bound || (moved && known.token === this.#token)) {
      const fresh: Value = { is: 'value', token: newToken(), stamps: 'life', json: bound }
      const outdated = known === null ? '' : `=${known.token}`
      const stands = decode(String(await redis.eval(replaceLife.source, 1, this.#key, outdated, encode(fresh) ?? '')))
      this.#token = stands?.is === 'value' && stands.json === bound ? stands.token : null
    } else this.#token = known.token
    this.#lastRunId = identity.runId
  }

  /** Looks again whether it is still the same server in the same role; if not, nothing is trusted any more. */
  async verify(redis: RedisCommands): Promise<void> {
    const { runId } = await identify(redis)
    if (runId !== this.#lastRunId || this.#token === null) {
      this.forget()
      await this.establish(redis)
    }
  }

  /** Begins a new life whatever stands. */
  async renew(redis: RedisCommands): Promise<void> {
    this.forget()
    await redis.del(this.#key)
    await this.establish(redis)
  }
}

async function identify(redis: RedisCommands): Promise<ServerIdentity> {
  const info = await redis.info()
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const identity = { runId: field('run_id'), role: field('role'), version: field('redis_version') }
  if (identity.role !== 'master') {
    throw new Error(`Redis must be a primary, but this server is a ${identity.role || 'server that does not say'}`)
  }
  if (Number.parseInt(identity.version, 10) < 7) {
    throw new Error(`Redis must be version 7 or later, but this server is ${identity.version}`)
  }
  return identity
}
