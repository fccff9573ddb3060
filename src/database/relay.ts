import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Deliveries, type DeliverOptions } from './deliveries.ts'
import { Membership } from './membership.ts'
import { originSql } from './origin.ts'
import { hurry } from './outbox.ts'

export interface RelayOptions extends DeliverOptions {
  /** A direct connection: notifications, and what is kept for a session, do not pass a pooler in transaction mode. */
  readonly url: string
  /**
   * exclusive: only one instance on this database may use a cache, because each evicts from one of its own. shared: any
   * number may, and one of them delivers for all; another takes over within seconds.
   */
  readonly mode: 'exclusive' | 'shared'
  /** Names this process. */
  readonly id: string
  /** Whether the cache answers this instance at present. */
  readonly reachable: () => boolean
  /** Everything committed so far has been delivered. From now on nothing is missed, as long as `stillTrusted` says so. */
  onTrust(stillTrusted: () => boolean): Promise<void>
  /** Changes may be missed until the next onTrust. Null: this instance stops. */
  onDistrust(reason: string | null): Promise<void>
  /** The database turned out to be another, or at another stage of its history, than at the last connection. */
  onOrigin?(origin: string): Promise<void>
  /** Others keep the cache in another server than this instance: it asks anew where that is. */
  onSuperseded?(): void
  /** How often to look for rows where no notification came, in ms; 250 by default. */
  readonly pollMs?: number
}

export interface Relay {
  /** Settles when it is known whether the cache can be used; where that takes long, after a moment. */
  readonly started: Promise<void>
  stop(): Promise<void>
}

// 'larder' in ASCII, cut to what an advisory lock holds
const relayLock = 1_818_325_348
const retryMs = 500
const startMs = 2000
const drainPollMs = 20
// a transaction makes several changes
const graceMs = 20

/** Another instance uses a cache in a way that leaves no place for ours. */
class PlaceTakenError extends Error {}

/**
 * Keeps a cache coherent with the database: takes part among the instances, and delivers the outbox. NOTIFY is a hint
 * that saves waiting for the next poll; nothing depends on it. Where the connection breaks it comes back by itself; what
 * the cache is worth meanwhile is the membership's to say.
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController()
  let resolveStarted: () => void = () => {}
  const started = new Promise<void>((resolve) => {
    resolveStarted = resolve
  })
  setTimeout(resolveStarted, startMs).unref()
  const running = run(options, stopping.signal, resolveStarted)
  return {
    started,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function run(options: RelayOptions, stopping: AbortSignal, started: () => void): Promise<void> {
  const membership = new Membership({ ...options, exclusive: options.mode === 'exclusive' })
  const session = new Session(options, membership, stopping, started)
  while (!stopping.aborted) {
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'larder relay',
      connectionTimeoutMillis: 2000,
      keepAlive: true,
      statement_timeout: 4000,
      query_timeout: 4500,
    })
    try {
      await session.run(client)
    } catch (error) {
      // a database that is away changes nothing by itself: how long the cache may be used without it, the membership knows
      if (error instanceof PlaceTakenError) await membership.distrust(error.message)
    }
    started()
    await client.end().catch(() => {})
    await pause(retryMs * (0.5 + Math.random()), stopping)
  }
  membership.close()
}

/** What one connection after the other has in common. */
class Session {
  readonly #options: RelayOptions
  readonly #membership: Membership
  readonly #stopping: AbortSignal
  readonly #started: () => void
  #origin: string | null = null

  constructor(options: RelayOptions, membership: Membership, stopping: AbortSignal, started: () => void) {
    this.#options = options
    this.#membership = membership
    this.#stopping = stopping
    this.#started = started
  }

  /** One connection's life: until the first error, or until the relay is stopped. */
  async run(client: pg.Client): Promise<void> {
    const failing = new AbortController()
    const ended = AbortSignal.any([this.#stopping, failing.signal])
    let ring: () => void = () => {}
    // it may be told while it delivers, too
    let awake = false
    let hurried = false
    const wake = (): void => {
      awake = true
      ring()
    }
    ended.addEventListener('abort', wake)
    client.on('notification', ({ payload }) => {
      hurried ||= payload === hurry
      if (hurried) wake()
      else setTimeout(wake, graceMs).unref()
    })
    client.on('error', (error) => failing.abort(error))
    try {
      await client.connect()
      await this.#takePlace(client)
      await this.#meetDatabase(client)
      await client.query('LISTEN larder_outbox')
      const deliveries = new Deliveries(client, this.#options)
      await Promise.all([
        this.#repeat(ended, failing, async () => {
          await this.#membership.step(client)
          if (!this.#membership.isDraining) this.#started()
          return pause(this.#membership.isDraining ? drainPollMs : this.#pollMs, ended)
        }),
        this.#repeat(ended, failing, async () => {
          const everything = hurried || this.#membership.isDraining
          hurried = false
          awake = false
          const outcome = this.#membership.isMember ? await deliveries.deliver(everything) : 'nothing left'
          if (outcome === 'more') return
          if (outcome === 'superseded') {
            await this.#membership.resign('other instances keep the cache in another Redis server')
            this.#options.onSuperseded?.()
          } else if (typeof outcome === 'object') await this.#membership.resign(outcome.failed)
          if (awake) return
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, this.#membership.isDraining ? drainPollMs : this.#pollMs)
            ring = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }),
      ])
    } finally {
      failing.abort()
      // node keeps whatever listens to a signal of several others for as long as one of them may come: here, for good
      ended.removeEventListener('abort', wake)
    }
    await this.#membership.leave(client)
  }

  get #pollMs(): number {
    return this.#options.pollMs ?? 250
  }

  async #repeat(ended: AbortSignal, failing: AbortController, turn: () => Promise<void>): Promise<void> {
    try {
      while (!ended.aborted) await turn()
    } catch (error) {
      failing.abort(error)
    }
    if (failing.signal.aborted) throw failing.signal.reason
  }

  async #takePlace(client: pg.Client): Promise<void> {
    const lock = this.#options.mode === 'exclusive' ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared'
    const { rows } = await client.query<{ taken: boolean }>(`SELECT ${lock}($1) AS taken`, [relayLock])
    if (rows[0]?.taken === true) return
    throw new PlaceTakenError(
      'another instance runs on this database without a shared cache: set REDIS_URL on all of them',
    )
  }

  async #meetDatabase(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ origin: string }>(originSql)
    const origin = rows[0]?.origin ?? ''
    if (this.#origin !== null && origin !== this.#origin) await this.#options.onOrigin?.(origin)
    this.#origin = origin
  }
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopping }).catch(() => {})
}
