/** PostgreSQL cannot be reached, has no connection free, or is shutting down. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError'
}

/** An address led to a server that only follows the primary. */
export class StandbyError extends Error {
  override readonly name = 'StandbyError'
}

/** A statement took longer than it may. */
export class DatabaseTimeoutError extends Error {
  override readonly name = 'DatabaseTimeoutError'
}

// node's own codes; what Prisma's adapter makes of some; PostgreSQL's classes: connection exceptions, operator intervention,
// too many connections, a transaction that stood idle for too long
const unavailable =
  /^(ECONN\w*|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOENT|ConnectionClosed|DatabaseNotReachable|SocketTimeout|TlsConnectionError|TooManyConnections|08\w{3}|25P0[34]|57P0[1-5]|53300|P1001|P1002|P1008|P1017|P2024|P2037)$/
const unavailableMessage =
  /timeout exceeded when trying to connect|Connection terminated|connection timeout|server closed the connection|Can't reach database|the server is a standby|not queryable/i
const timedOut = /canceling statement due to statement timeout|57014|Query read timeout/i

/** Tells what an error of Prisma or pg means for whoever asked; any other error is returned as it is. */
export function databaseError(error: unknown): unknown {
  for (const { code, message } of causes(error)) {
    if (timedOut.test(message) || code === '57014') {
      return new DatabaseTimeoutError('The database took too long to answer', { cause: error })
    }
    if (unavailable.test(code) || unavailableMessage.test(message)) {
      return new DatabaseUnavailableError('The database cannot be reached', { cause: error })
    }
  }
  return error
}

/** PostgreSQL's own code for what went wrong, where it was PostgreSQL that said so: `23505`. */
export function sqlStateOf(error: unknown): string | null {
  for (const { code } of causes(error)) if (/^[0-9A-Z]{5}$/.test(code) && !/^P[0-9]{4}$/.test(code)) return code
  return null
}

/** An error and what caused it, wherever Prisma, its adapter and pg have put that. */
function* causes(error: unknown, depth = 0): Generator<{ code: string; message: string }> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  const { code, originalCode, kind, message, cause, meta, errors } = error as Record<string, unknown>
  yield { code: textOf(code ?? originalCode ?? kind), message: textOf(message) }
  yield* causes(cause, depth + 1)
  if (typeof meta === 'object' && meta !== null)
    yield* causes((meta as Record<string, unknown>)['driverAdapterError'], depth + 1)
  if (Array.isArray(errors)) for (const each of errors) yield* causes(each, depth + 1)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
