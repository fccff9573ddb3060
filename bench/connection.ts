import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const silentMs = 20_000

/**
 * One keep-alive connection with one request under way. It does the least that HTTP/1.1 allows, so that the load takes
 * little of the core it shares with Redis and PostgreSQL.
 */
export class Connection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #settle: { resolve(body: Buffer): void; reject(error: Error): void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#read()
    })
    socket.setTimeout(silentMs, () => socket.destroy(new Error(`no answer within ${silentMs / 1000} s`)))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** Sends a whole request, and returns the body of its answer. @throws for an answer that is not 200, and for none within 20 s */
  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#settle = null
    this.#socket.destroy()
  }

  #read(): void {
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end).toLowerCase()
    const from = end + 4
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1]
    const answer = length === undefined ? unchunked(this.#received, from) : whole(this.#received, from, Number(length))
    if (answer === null) return
    this.#received = this.#received.subarray(answer.end)
    const settle = this.#settle
    this.#settle = null
    if (head.startsWith('http/1.1 200')) settle?.resolve(answer.body)
    else settle?.reject(new Error(`expected status 200, but received ${head.slice(9, 12)}: ${answer.body.toString()}`))
  }

  #fail(error: Error): void {
    this.#settle?.reject(error)
    this.#settle = null
  }
}

interface Whole {
  readonly body: Buffer
  readonly end: number
}

function whole(received: Buffer, from: number, length: number): Whole | null {
  return received.length < from + length ? null : { body: received.subarray(from, from + length), end: from + length }
}

function unchunked(received: Buffer, from: number): Whole | null {
  const chunks: Buffer[] = []
  for (let at = from; ;) {
    const line = received.indexOf('\r\n', at)
    if (line < 0) return null
    const size = Number.parseInt(received.toString('latin1', at, line), 16)
    at = line + 2 + size + 2
    if (received.length < at) return null
    if (size === 0) return { body: Buffer.concat(chunks), end: at }
    chunks.push(received.subarray(line + 2, line + 2 + size))
  }
}

/** A request as it goes over the wire. */
export function requestBytes(body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`,
  )
}
