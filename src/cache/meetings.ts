import type { Life } from './life.ts'
import { loadScripts } from './load-scripts.ts'
import type { RedisConnection, RedisServer } from './redis-connection.ts'
import { UnsuitableServerError, type Identity } from './server-check.ts'

export interface MeetingsOptions {
  readonly connection: RedisConnection
  /** The same, with a deadline for each answer: the database that admits it has deadlines of its own. */
  readonly server: RedisServer
  readonly life: Life
  /** It was met, and can be used. */
  readonly onMet: (identity: Identity) => void
  readonly onFailed: (error: unknown) => void
}

const checkEveryMs = 1000

/**
 * Meets a server, and looks again every second whether it is still the one that was met. One meeting runs at a time, and
 * whoever asks meanwhile shares it. Once its era is over, what it finds is ignored, and the next one begins.
 */
export class Meetings {
  readonly #options: MeetingsOptions
  readonly #checks: NodeJS.Timeout
  #running: { readonly era: number; readonly meeting: Promise<void> } | undefined

  constructor(options: MeetingsOptions) {
    this.#options = options
    this.#checks = setInterval(() => {
      if (options.connection.isReady) void this.meet('verify')
    }, checkEveryMs)
    this.#checks.unref()
  }

  /** Never rejects: what comes of it is told. */
  meet(how: 'establish' | 'verify'): Promise<void> {
    const { era } = this.#options.life
    if (this.#running?.era === era) return this.#running.meeting
    const meeting = this.#try(how, era).finally(() => {
      if (this.#running?.meeting === meeting) this.#running = undefined
    })
    this.#running = { era, meeting }
    return meeting
  }

  close(): void {
    clearInterval(this.#checks)
  }

  async #try(how: 'establish' | 'verify', era: number): Promise<void> {
    const { connection, server, life, onMet, onFailed } = this.#options
    try {
      if (how === 'establish') await loadScripts(server)
      onMet(await life[how](server))
    } catch (error) {
      // what is known by now was heard in another meeting
      if (era !== life.era) return
      life.forget()
      onFailed(error)
      // it was demoted while the connection stood: the address may lead to its successor by now
      if (error instanceof UnsuitableServerError && how === 'verify') connection.reconnect()
    }
  }
}
