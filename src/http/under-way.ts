/**
 * Requests that are being executed, by what they ask. Whoever asks the same meanwhile waits for the end of one, and then
 * looks whether its answer was kept and stands: at that moment, which is after it asked, so nothing is older than it may be.
 */
export class UnderWay {
  readonly #ends = new Map<string, Promise<boolean>>()

  /**
   * Resolves when the request that asks this ends, and says whether that was in vain: its answer was to be kept, and could
   * not be. Undefined where none is under way.
   */
  endOf(asked: string): Promise<boolean> | undefined {
    return this.#ends.get(asked)
  }

  /** One begins. Returns what ends it, once. */
  begin(asked: string): (inVain: boolean) => void {
    let end: (inVain: boolean) => void = () => {}
    const ended = new Promise<boolean>((resolve) => {
      end = resolve
    })
    this.#ends.set(asked, ended)
    return (inVain) => {
      if (this.#ends.get(asked) === ended) this.#ends.delete(asked)
      end(inVain)
    }
  }
}
