import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What a proxy holds back until it passes again: everything, or replies alone, while requests reach the server. */
export type HeldBack = 'everything' | 'replies'

/** An address that leads now to one server and now to another, as a name or a balancer does, and that can be in trouble. */
export interface TestProxy {
  readonly port: number
  /** Leads new connections to this port, and breaks those that there are. */
  lead(to: number): void
  /** Leads new connections to this port, and leaves those that there are. */
  leadNew(to: number): void
  /** Breaks every connection. */
  breakAll(): void
  /** Breaks every connection, and each new one at once. */
  refuse(): void
  /** Accepts connections and lets nothing through: what is held back goes out, in its order, once it passes again. */
  hold(what: HeldBack): void
  /** Lets everything through, but so many ms late. */
  delay(ms: number): void
  /** Ends whatever trouble there is. */
  pass(): void
  stop(): Promise<void>
}

/** How the connections of a proxy are treated at this moment. */
interface Treatment {
  refuse: boolean
  hold: HeldBack | null
  delayMs: number
}

export async function startProxy(to: number): Promise<TestProxy> {
  let target = to
  const treatment: Treatment = { refuse: false, hold: null, delayMs: 0 }
  const sockets = new Set<Socket>()
  const lanes = new Set<Lane>()
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const treat = (next: Partial<Treatment>): void => {
    Object.assign(treatment, { refuse: false, hold: null, delayMs: 0, ...next })
    for (const lane of lanes) lane.flush()
  }
  const server = createServer((socket) => {
    if (treatment.refuse) return socket.resetAndDestroy()
    const other = connect(target, '127.0.0.1')
    for (const [one, two, direction] of [
      [socket, other, 'requests'],
      [other, socket, 'replies'],
    ] as const) {
      const lane = new Lane(one, two, direction, treatment)
      lanes.add(lane)
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => two.destroy())
      one.on('close', () => {
        two.destroy()
        sockets.delete(one)
        lanes.delete(lane)
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lead(next) {
      target = next
      breakAll()
    },
    leadNew(next) {
      target = next
    },
    breakAll,
    refuse() {
      treat({ refuse: true })
      breakAll()
    },
    hold: (what) => treat({ hold: what }),
    delay: (delayMs) => treat({ delayMs }),
    pass: () => treat({}),
    async stop() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

/** One direction of a connection: what comes in goes out in its order, when the treatment lets it. */
class Lane {
  readonly #to: Socket
  readonly #from: Socket
  readonly #direction: 'requests' | 'replies'
  readonly #treatment: Treatment
  #waiting: { chunk: Buffer; since: number }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(from: Socket, to: Socket, direction: 'requests' | 'replies', treatment: Treatment) {
    this.#from = from
    this.#to = to
    this.#direction = direction
    this.#treatment = treatment
    from.on('data', (chunk: Buffer) => {
      this.#waiting.push({ chunk, since: performance.now() })
      this.flush()
    })
  }

  flush(): void {
    const { hold, delayMs } = this.#treatment
    if (hold === 'everything' || hold === this.#direction) return
    for (;;) {
      const [first] = this.#waiting
      if (first === undefined) return
      const early = first.since + delayMs - performance.now()
      if (early > 0) {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.flush(), early)
        return
      }
      this.#waiting.shift()
      this.#send(first.chunk)
    }
  }

  /** A sender is not read from faster than its receiver takes. */
  #send(chunk: Buffer): void {
    if (this.#to.destroyed || this.#to.write(chunk)) return
    this.#from.pause()
    this.#to.once('drain', () => this.#from.resume())
  }
}
