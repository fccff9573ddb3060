import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** An address that leads now to one server and now to another, as a name or a balancer does. */
export interface TestProxy {
  readonly port: number
  /** Leads new connections to this port, and breaks those that there are. */
  lead(to: number): void
  stop(): Promise<void>
}

export async function startProxy(to: number): Promise<TestProxy> {
  let target = to
  const sockets = new Set<Socket>()
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const server = createServer((socket) => {
    const other = connect(target, '127.0.0.1')
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(one)
      one.on('error', () => two.destroy())
      one.on('close', () => two.destroy())
      one.pipe(two)
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
    async stop() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
