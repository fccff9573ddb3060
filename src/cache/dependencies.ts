/**
 * What a response was built from: every entry and generation that was read for it, each with the token that names the
 * filling that was read, and the life of the store's data. Handed to reads, which take down what they use.
 */
export class Dependencies {
  readonly #tokens = new Map<string, string>()
  #life: string | null = null
  #known = true

  /** Something was read in this life. */
  live(life: string): void {
    if (this.#life !== null && this.#life !== life) this.spoil()
    this.#life = life
  }

  /** Something was read as it stands in the store. Two fillings of one key never stand at the same moment. */
  add(key: string, token: string): void {
    if ((this.#tokens.get(key) ?? token) !== token) this.spoil()
    this.#tokens.set(key, token)
  }

  /** Something was read that no token names: past the store, or shared with a load whose filling is not known. */
  spoil(): void {
    this.#known = false
  }

  /** All that must stand for the response to stand; null where that is not known, or nothing was read. */
  get all(): { readonly life: string; readonly tokens: ReadonlyMap<string, string> } | null {
    return this.#known && this.#life !== null ? { life: this.#life, tokens: this.#tokens } : null
  }
}
