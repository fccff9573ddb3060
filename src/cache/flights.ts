interface Flight {
  readonly stamps: string
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

  /** @param stamps what the load will be stamped with */
  open(token: string, stamps: string): void {
    let land: (result: unknown) => void = () => {}
    const result = new Promise<unknown>((resolve) => {
      land = resolve
    })
    this.#flights.set(token, { stamps, result, land })
  }

  /**
   * The flight with this lease, if it loads under these stamps: one that began under an older generation may have read
   * what a write has replaced since. It comes to a value, null or an Error, or to undefined where it never ran, because no
   * lease was granted.
   */
  get(token: string, stamps: string): Promise<unknown> | undefined {
    const flight = this.#flights.get(token)
    return flight?.stamps === stamps ? flight.result : undefined
  }

  land(token: string, result: unknown): void {
    this.#flights.get(token)?.land(result)
  }

  close(token: string): void {
    this.#flights.get(token)?.land(undefined)
    this.#flights.delete(token)
  }
}
