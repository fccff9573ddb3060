import { setMaxListeners } from 'node:events'

/** When a run ends: after a time, or as soon as somebody asks for it. */
export class Ending {
  readonly #controller = new AbortController()
  // a timer of our own: one behind AbortSignal.timeout may be collected, together with what was made of it, and never fire
  #timer: NodeJS.Timeout | undefined

  /** @param stopping ends it too */
  constructor(stopping?: AbortSignal) {
    // each client that pauses listens
    setMaxListeners(0, this.signal)
    if (stopping?.aborted === true) this.now()
    stopping?.addEventListener('abort', () => this.now(), { once: true, signal: this.signal })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  after(ms: number): void {
    this.#timer = setTimeout(() => this.now(), ms)
  }

  now(): void {
    clearTimeout(this.#timer)
    this.#controller.abort()
  }

  /** Lets all of these work until they have ended by themselves; where one fails, all end. @throws the first failure */
  async of(working: readonly Promise<void>[]): Promise<void> {
    const settled = await Promise.allSettled(
      working.map((each) => each.finally(() => (this.signal.aborted ? undefined : this.now()))),
    )
    const failed = settled.find((each) => each.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
