import { Breaker } from './breaker.ts'
import { within } from './deadline.ts'
import { Life, type Admit } from './life.ts'
import { loadScripts } from './load-scripts.ts'
import { look, lookReply, newCount, type Look } from './look-script.ts'
import { Meetings } from './meetings.ts'
import { withDeadline, type Command, type Connect, type RedisConnection, type RedisServer } from './redis-connection.ts'
import { isNoScript, isRedirected, isText, noAnswer, uncertain } from './redis-replies.ts'
import { sendTransitions } from './redis-transitions.ts'
import { setAnyway } from './set-anyway.ts'
import { UnsuitableServerError, type Identity } from './server-check.ts'
import { isWriters, type OutcomeOf, type ScannedKeys, type StoredKey, type Transition } from './store.ts'

export interface RedisNodeOptions {
  readonly url: string
  readonly connect: Connect
  /** Where the life of this server's data is kept. */
  readonly lifeKey: string
  /** Where changes are counted and listed; null in a cluster, where no script can reach it. */
  readonly changeKeys: readonly [count: string, list: string] | null
  /** Where it is kept that somebody vouches for this server. */
  readonly trustKey: string
  readonly vouching: Vouching
  /** Names the database that is cached. */
  readonly origin: string
  readonly admit: Admit
  readonly readTimeoutMs: number
  readonly writeTimeoutMs: number
  readonly warn: (message: string) => void
}

/**
 * When a server is read only while somebody vouches for it: always, once it was seen to have replicas, or never. A server
 * that has been replaced by its copy, and was cut off before it could notice, goes on answering with what it had.
 */
export type Vouching = 'always' | 'with-replicas' | 'never'

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
  readonly #breaker = new Breaker()
  #hasReplicas = false
  #trouble: string | null = 'not connected yet'

  constructor(options: RedisNodeOptions) {
    this.#options = options
    this.#life = new Life(options.lifeKey, options.origin, options.admit, options.warn)
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

  /** For what any server of a cluster can be asked. */
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
    return this.#connection.isReady && this.#life.isKnown && !this.#breaker.open
  }

  /** @throws where the server does not answer in time, or some key is not served here */
  async read(keys: readonly string[]): Promise<NodeRead> {
    const { lifeKey, trustKey } = this.#options
    const needsTrust = this.#needsTrust
    const wanted = needsTrust ? [lifeKey, ...keys, trustKey] : [lifeKey, ...keys]
    const [lifeNow = null, ...values] = await this.#guarded(() => this.#get(wanted))
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
      const outcomes = await (isByWriter ? within(this.#options.writeTimeoutMs, 'Redis', send()) : this.#guarded(send))
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
    const needsTrust = this.#needsTrust
    const command: Command = ['EVALSHA', look.sha, named.length, ...named, needsTrust ? 1 : 0, since ?? '']
    const ask = (): Promise<Look> => this.#ask([command]).then(([reply]) => lookReply(reply, keys.length))
    const found = await this.#guarded(ask).catch(async (error: unknown) => {
      if (!isNoScript(error)) throw error
      return this.#guarded(() => loadScripts(this.#connection).then(ask))
    })
    const life = this.#life.confirm(found.life)
    if (life === null) void this.#meetings.meet('establish')
    // lost to memory pressure, or never begun
    if (found.count === null) setAnyway(this.#server, changeKeys[0], newCount(), 'NX').catch(() => {})
    return { ...found, life: found.isVouchedFor ? life : null }
  }

  /** @throws where the server does not answer in time */
  async inspect(key: string): Promise<StoredKey> {
    const [lifeNow, raw, ttlMs, bytes] = await this.#guarded(() =>
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
    const [reply] = await this.#guarded(() =>
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
      await setAnyway(this.#server, this.#options.trustKey, '1', 'PX', Math.floor(forMs))
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
    this.#hasReplicas ||= replicas > 0
    // where nothing is read from it at present, nothing else would close the breaker
    this.#breaker.succeeded()
  }

  get #needsTrust(): boolean {
    const { vouching } = this.#options
    return vouching === 'always' || (vouching === 'with-replicas' && this.#hasReplicas)
  }

  async #guarded<Reply>(ask: () => Promise<Reply>): Promise<Reply> {
    if (!this.#connection.isReady) throw new Error('Redis is not connected')
    if (!this.#breaker.allows()) throw new Error('Redis did not answer lately')
    try {
      const reply = await within(this.#options.readTimeoutMs, 'Redis', ask())
      this.#breaker.succeeded()
      return reply
    } catch (error) {
      if (!isRedirected(error) && !isNoScript(error)) {
        this.#breaker.failed()
        this.#troubled(error)
      }
      throw error
    }
  }

  async #get(keys: readonly string[]): Promise<readonly (string | null)[]> {
    // of many slots, so not in one command
    const values = await this.#ask(keys.map((key) => ['GET', key]))
    if (values.length === keys.length && values.every(isText)) return values
    throw noAnswer()
  }

  /** The answers to commands that read. @throws the first refusal */
  async #ask(commands: readonly Command[]): Promise<readonly unknown[]> {
    // a server that was just made a replica of its successor refuses to write, and until then it was the primary
    const probe: Command = ['UNLINK', `${this.#options.trustKey}-probe`]
    const replies = await this.#connection.send(this.#needsTrust ? [...commands, probe] : commands)
    const refusal = replies.find((reply) => reply instanceof Error)
    if (refusal !== undefined) throw refusal
    return replies.slice(0, commands.length)
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
