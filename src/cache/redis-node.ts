import { within } from './deadline.ts'
import { Life } from './life.ts'
import { loadScripts } from './load-scripts.ts'
import { look, lookReply, newCount, type Look } from './look-script.ts'
import { Meetings } from './meetings.ts'
import { ReadGuard } from './read-guard.ts'
import { withDeadline, type Command, type RedisConnection, type RedisServer } from './redis-connection.ts'
import type { RedisOptions } from './redis-options.ts'
import { isNoScript, isRedirected, isText, noAnswer, uncertain } from './redis-replies.ts'
import { sendTransitions } from './redis-transitions.ts'
import { setAnyway } from './set-anyway.ts'
import { UnsuitableServerError, type Identity } from './server-check.ts'
import { isWriters, type OutcomeOf, type ScannedKeys, type StoredKey, type Transition } from './store.ts'
import { Vouchers } from './vouching.ts'

export interface RedisNodeOptions extends Required<Omit<RedisOptions, 'prefix'>> {
  readonly url: string
  /** Where the life of this server's data is kept. */
  readonly lifeKey: string
  /** Where changes are counted and listed; null in a cluster, where no script can reach it. */
  readonly changeKeys: readonly [count: string, list: string] | null
  /** Where it is kept that somebody vouches for this server. */
  readonly trustKey: string
}

/** What a read of one server found. */
export interface NodeRead {
  readonly values: readonly (string | null)[]
  readonly life: string | null
}

/**
 * One Redis server: entries are read and changed with deadlines, behind a breaker that guards readers, and within a life
 * that is verified on every connection and every second.
 */
export class RedisNode {
  /** Settles after the first attempt to reach the server. @throws UnsuitableServerError */
  readonly ready: Promise<void>
  readonly #options: RedisNodeOptions
  readonly #connection: RedisConnection
  /** The same, for whatever is no read. */
  readonly #server: RedisServer
  readonly #life: Life
  readonly #meetings: Meetings
  readonly #guard: ReadGuard
  readonly #vouchers: Vouchers
  #trouble: string | null = 'not connected yet'

  constructor(options: RedisNodeOptions) {
    this.#options = options
    this.#life = new Life(options.lifeKey, options.origin, options.admit, options.warn)
    this.#vouchers = new Vouchers(options.trustKey, options.vouching)
    // whether somebody waits for the first attempt to reach it, and is told of what comes of that
    let isStarting = true
    let settle: () => void = () => {}
    let refuse: (error: UnsuitableServerError) => void = () => {}
    this.ready = new Promise((resolve, reject) => {
      settle = resolve
      refuse = reject
    })
    const started = (): void => {
      isStarting = false
    }
    // whoever does not wait for it hears of the trouble in other ways
    this.ready.then(started, started)
    this.#connection = options.connect(options.url, {
      onReady: () => {
        this.#life.connected()
        void this.#meetings.meet('establish')
      },
      onError: (error) => {
        this.#troubled(error)
        settle()
      },
    })
    this.#server = withDeadline(this.#connection, options.writeTimeoutMs)
    this.#guard = new ReadGuard(this.#connection, options.readTimeoutMs, (error) => this.#troubled(error))
    this.#meetings = new Meetings({
      connection: this.#connection,
      server: this.#server,
      life: this.#life,
      onMet: (identity) => {
        this.#met(identity)
        settle()
      },
      onFailed: (error) => {
        // at the start whoever waits for `ready` is told, and nobody else needs to be
        if (error instanceof UnsuitableServerError && isStarting) return refuse(error)
        this.#warn(error)
        settle()
      },
    })
  }

  get address(): string {
    return this.#connection.address
  }

  /** For what can be asked of any server of a cluster. */
  get connection(): RedisConnection {
    return this.#connection
  }

  /** The epoch in which the server was met last; null before it was. */
  get epoch(): string | null {
    return this.#life.epoch
  }

  /** For people: why the server is not used at present; null while it is. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** Whether entries can be read and evicted, as far as is known. */
  get isReachable(): boolean {
    return this.#guard.isReachable && this.#life.isKnown
  }

  /** @throws where the server does not answer in time, or some key is not served here */
  async read(keys: readonly string[]): Promise<NodeRead> {
    const { lifeKey, trustKey } = this.#options
    const needsTrust = this.#vouchers.areNeeded
    const wanted = needsTrust ? [lifeKey, ...keys, trustKey] : [lifeKey, ...keys]
    const [lifeNow = null, ...values] = await this.#guard.ask(() => this.#get(wanted))
    const isVouchedFor = !needsTrust || values.pop() !== null
    const life = this.#life.confirm(lifeNow)
    // lost to memory pressure, or replaced by whoever noticed first
    if (life === null) void this.#meetings.meet('establish')
    return { values, life: isVouchedFor ? life : null }
  }

  /** @param asking for keys that are just moving here from another node of a cluster */
  async apply<T extends Transition>(transitions: readonly T[], asking = false): Promise<OutcomeOf<T>[]> {
    const [first] = transitions
    const isByWriter = first !== undefined && isWriters(first)
    try {
      const send = (): Promise<OutcomeOf<T>[]> =>
        sendTransitions(this.#connection, transitions, { asking, changeKeys: this.#options.changeKeys })
      // a writer tries whatever the breaker says: a reader loses no more than time by a miss, a write needs its eviction
      const outcomes = await (isByWriter
        ? within(this.#options.writeTimeoutMs, 'Redis', send())
        : this.#guard.ask(send))
      const refusal = outcomes.find((outcome) => outcome instanceof Error && !isRedirected(outcome))
      if (refusal !== undefined) this.#troubled(refusal)
      return isByWriter && !this.#life.isMet ? outcomes.map(uncertain) : outcomes
    } catch (error) {
      return transitions.map(() => error as Error)
    }
  }

  /**
   * Reads, and asks what has changed since the caller asked last.
   * @param since the count that was answered then; null for never
   * @throws where the server does not answer in time
   */
  async look(keys: readonly string[], since: number | null): Promise<Look> {
    const { lifeKey, changeKeys, trustKey } = this.#options
    if (changeKeys === null) throw new Error('a cluster does not count its changes')
    const named = [lifeKey, ...changeKeys, trustKey, ...keys]
    const needsTrust = this.#vouchers.areNeeded
    const command: Command = ['EVALSHA', look.sha, named.length, ...named, needsTrust ? 1 : 0, since ?? '']
    const ask = (): Promise<Look> =>
      this.#vouchers.send(this.#connection, [command]).then(([reply]) => lookReply(reply, keys.length))
    const found = await this.#guard.ask(ask).catch(async (error: unknown) => {
      if (!isNoScript(error)) throw error
      return this.#guard.ask(() => loadScripts(this.#connection).then(ask))
    })
    const life = this.#life.confirm(found.life)
    if (life === null) void this.#meetings.meet('establish')
    // lost to memory pressure, or never begun
    if (found.count === null) setAnyway(this.#server, changeKeys[0], newCount(), 'NX').catch(() => {})
    return { ...found, life: found.isVouchedFor ? life : null }
  }

  /** @throws where the server does not answer in time */
  async inspect(key: string): Promise<StoredKey> {
    const [lifeNow, raw, ttlMs, bytes] = await this.#guard.ask(() =>
      this.#connection.send([
        ['GET', this.#options.lifeKey],
        ['GET', key],
        ['PTTL', key],
        ['MEMORY', 'USAGE', key],
      ]),
    )
    const refusal = [lifeNow, raw].find((reply) => reply instanceof Error)
    if (refusal !== undefined) throw refusal
    return {
      raw: isText(raw) ? raw : null,
      life: this.#life.confirm(isText(lifeNow) ? lifeNow : null),
      ttlMs: typeof ttlMs === 'number' && ttlMs >= 0 ? ttlMs : null,
      bytes: typeof bytes === 'number' ? bytes : null,
    }
  }

  /** @throws where the server does not answer in time */
  async scan(from: string | null, pattern: string, about: number): Promise<ScannedKeys> {
    const [reply] = await this.#guard.ask(() =>
      this.#connection.send([['SCAN', from ?? '0', 'MATCH', pattern, 'COUNT', about]]),
    )
    if (reply instanceof Error) throw reply
    const [next, keys] = reply as [string, string[]]
    return { keys, next: next === '0' ? null : next }
  }

  async renew(): Promise<void> {
    const [refusal] = await this.#server.send([['DEL', this.#options.lifeKey]])
    if (refusal instanceof Error) throw refusal
    this.#life.forget()
    await this.#meetings.meet('establish')
  }

  /** The database behind the cache is this one from now on. */
  async bind(origin: string): Promise<void> {
    this.#life.bind(origin)
    if (this.#connection.isReady) await this.#meetings.meet('establish')
  }

  /** @throws where the server did not take it */
  async vouch(forMs: number): Promise<void> {
    if (forMs < 1) return
    try {
      await this.#vouchers.vouch(this.#server, forMs)
    } catch (error) {
      this.#troubled(error)
      throw error
    }
  }

  close(): void {
    this.#meetings.close()
    this.#connection.close()
  }

  #met({ replicas }: Identity): void {
    this.#trouble = null
    this.#vouchers.saw(replicas)
    this.#guard.succeeded()
  }

  async #get(keys: readonly string[]): Promise<readonly (string | null)[]> {
    // of many slots, so not in one command
    const commands = keys.map((key): Command => ['GET', key])
    const values = await this.#vouchers.send(this.#connection, commands)
    if (values.length === keys.length && values.every(isText)) return values
    throw noAnswer()
  }

  #troubled(error: unknown): void {
    this.#warn(error)
    if (this.#trouble?.startsWith('READONLY') !== true) return
    // it is said to many at a time, and the meeting that finds out why is not begun anew for each of them
    if (this.#life.isKnown) this.#life.forget()
    void this.#meetings.meet('verify')
  }

  #warn(error: unknown): void {
    this.#trouble = error instanceof Error ? error.message : String(error)
    this.#options.warn(`Redis at ${this.address} is in trouble, so reads go to the database: ${this.#trouble}`)
  }
}
