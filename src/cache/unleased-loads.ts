import type { Listener } from './events.ts'

interface Waiting<Id, Result> {
  readonly id: Id
  readonly tell: Listener
  readonly result: Promise<Result>
  readonly settle: (result: Result) => void
}

/**
 * Loads without a lease, for when the store cannot grant one. Such a load may be shared only before its statement is
 * sent: one that is already running may have read what a write has replaced since. So each key has at most one load
 * running and one waiting, whatever the number of readers.
 */
export class UnleasedLoads<Id, Result> {
  readonly #load: (ids: readonly Id[], tell: Listener) => Promise<readonly Result[]>
  readonly #running = new Set<string>()
  readonly #waiting = new Map<string, Waiting<Id, Result>>()
  #scheduled = false

  /** @param load answers in the order of the ids and never rejects */
  constructor(load: (ids: readonly Id[], tell: Listener) => Promise<readonly Result[]>) {
    this.#load = load
  }

  load(key: string, id: Id, tell: Listener): Promise<Result> {
    const waiting = this.#waiting.get(key) ?? this.#enqueue(key, id, tell)
    return waiting.result
  }

  #enqueue(key: string, id: Id, tell: Listener): Waiting<Id, Result> {
    let settle: (result: Result) => void = () => {}
    const result = new Promise<Result>((resolve) => {
      settle = resolve
    })
    if (!this.#scheduled) process.nextTick(() => this.#send())
    this.#scheduled = true
    const waiting = { id, tell, result, settle }
    this.#waiting.set(key, waiting)
    return waiting
  }

  #send(): void {
    this.#scheduled = false
    const batch = [...this.#waiting].filter(([key]) => !this.#running.has(key))
    const [first] = batch
    if (first === undefined) return
    for (const [key] of batch) {
      this.#waiting.delete(key)
      this.#running.add(key)
    }
    void this.#run(batch, first[1].tell)
  }

  async #run(batch: readonly (readonly [string, Waiting<Id, Result>])[], tell: Listener): Promise<void> {
    const ids = batch.map(([, { id }]) => id)
    const results = await this.#load(ids, tell)
    batch.forEach(([key, { settle }], i) => {
      this.#running.delete(key)
      settle(results[i] as Result)
    })
    this.#send()
  }
}
