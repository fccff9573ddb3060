/**
 * Requests that are being executed, by what they ask. Whoever asks the same meanwhile waits for the end of one, and then
 * looks whether its answer was kept and stands: at that moment, which is after it asked, so nothing is older than it may be.
 */
export class UnderWay {
  readonly #ends = new Map<string, Promise<void>>()

  /** Resolves when the request that asks this ends; undefined where none is under way. */
  endOf(asked: string): Promise<void> | undefined {
    return this.#ends.get(asked)
  }

  /** One begins. Returns what ends it, once. */
  begin(asked: string): () => void {
    let end: () => void = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#ends.set(asked, ended)
    return () => {
      if (this.#ends.get(asked) === ended) this.#ends.delete(asked)
      end()
    }
  }
}
