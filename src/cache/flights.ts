interface Flight {
  readonly result: Promise<unknown>
  land(result: unknown): void
}

/**
 * The loads that run in this process under a lease, by the lease's token. A flight is opened before the lease is asked
 * for, so that whoever is refused by this lease, and told its token, finds the flight; it is closed once the value is
 * stored or the lease given back.
 */
export class Flights {
  readonly #flights = new Map<string, Flight>()

  open(token: string): void {
    let land: (result: unknown) => void = () => {}
    const result = new Promise<unknown>((resolve) => {
      land = resolve
    })
    this.#flights.set(token, { result, land })
  }

  /** What the load comes to: a value, null or an Error; undefined where it never ran, because no lease was granted. */
  get(token: string): Promise<unknown> | undefined {
    return this.#flights.get(token)?.result
  }

  land(token: string, result: unknown): void {
    this.#flights.get(token)?.land(result)
  }

  close(token: string): void {
    this.#flights.get(token)?.land(undefined)
    this.#flights.delete(token)
  }
}
