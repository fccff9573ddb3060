import type { Listener } from './events.ts'

/** What is asked for in one tick, and the answer to all of it. */
interface Batch<Items, Answer> {
  readonly items: Items
  readonly observers: Set<Listener>
  readonly answer: Promise<Answer>
}

/** Merges whatever is asked for in one tick, by any kind and any request, into one round trip. */
export class TickBatcher<Items, Answer> {
  readonly #listener: Listener
  readonly #newItems: () => Items
  readonly #send: (items: Items, listeners: readonly Listener[]) => Promise<Answer>
  #batch: Batch<Items, Answer> | undefined

  constructor(
    listener: Listener,
    newItems: () => Items,
    send: (items: Items, listeners: readonly Listener[]) => Promise<Answer>,
  ) {
    this.#listener = listener
    this.#newItems = newItems
    this.#send = send
  }

  /** The batch of this tick, to which the caller adds at once. The observer is told of it together with the listener. */
  join(observer: Listener | undefined): Pick<Batch<Items, Answer>, 'items' | 'answer'> {
    this.#batch ??= this.#open()
    if (observer !== undefined) this.#batch.observers.add(observer)
    return this.#batch
  }

  #open(): Batch<Items, Answer> {
    const items = this.#newItems()
    const observers = new Set<Listener>()
    const answer = new Promise<Answer>((resolve, reject) => {
      process.nextTick(() => {
        this.#batch = undefined
        this.#send(items, [this.#listener, ...observers]).then(resolve, reject)
      })
    })
    return { items, observers, answer }
  }
}
