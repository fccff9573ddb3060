import { Breaker } from './breaker.ts'
import { within } from './deadline.ts'
import type { RedisConnection } from './redis-connection.ts'
import { isNoScript, isRedirected } from './redis-replies.ts'

/** Keeps readers from waiting for a server that is in trouble: with a deadline for each answer, behind a breaker. */
export class ReadGuard {
  readonly #connection: Pick<RedisConnection, 'isReady'>
  readonly #timeoutMs: number
  readonly #onTrouble: (error: unknown) => void
  readonly #breaker = new Breaker()

  constructor(connection: Pick<RedisConnection, 'isReady'>, timeoutMs: number, onTrouble: (error: unknown) => void) {
    this.#connection = connection
    this.#timeoutMs = timeoutMs
    this.#onTrouble = onTrouble
  }

  /** Whether readers would be answered, as far as is known. */
  get isReachable(): boolean {
    return this.#connection.isReady && !this.#breaker.open
  }

  /** @throws where the server does not answer in time, or has not lately */
  async ask<Reply>(question: () => Promise<Reply>): Promise<Reply> {
    if (!this.#connection.isReady) throw new Error('Redis is not connected')
    if (!this.#breaker.allows()) throw new Error('Redis did not answer lately')
    try {
      const reply = await within(this.#timeoutMs, 'Redis', question())
      this.#breaker.succeeded()
      return reply
    } catch (error) {
      if (!isRedirected(error) && !isNoScript(error)) {
        this.#breaker.failed()
        this.#onTrouble(error)
      }
      throw error
    }
  }

  /** The server has answered somebody else. Where nothing is read at present, nothing else would close the breaker. */
  succeeded(): void {
    this.#breaker.succeeded()
  }
}
