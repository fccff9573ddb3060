import type { FastifyInstance } from 'fastify'
import { StartError } from '../start-error.ts'

/** Begins to listen, and returns the url under which this machine reaches the server. @param variable names the port */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  variable: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new StartError(explained(error as NodeJS.ErrnoException, host, port, variable), { cause: error })
  }
  const address = app.server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${actual}`
}

function explained({ code, message }: NodeJS.ErrnoException, host: string, port: number, variable: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${variable} ${port} is taken by another program. Stop that program, or set ${variable} to another number.`
    case 'EACCES':
      return `${variable} ${port} may not be opened by this user. Set ${variable} to a number above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${host} is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.`
    default:
      return `Larder cannot listen on ${host}:${port}: ${message}`
  }
}
