const stopMs = 15_000
// within this time a second signal is the first one again: npm passes on the Ctrl+C that its terminal has sent here as well
const echoMs = 500
const lookMs = 500

/**
 * Stops the process on SIGINT and SIGTERM: in good order within 15 s, at once when asked again. One that npm has started
 * stops as well when whoever started it is gone: a signal to npm ends the shell in between, which passes nothing on.
 */
export function stopOnSignals(stop: () => Promise<void>, complain: (what: unknown) => void): void {
  let askedAt: number | null = null
  const begin = (): void => {
    if (askedAt !== null) return
    askedAt = performance.now()
    setTimeout(() => {
      complain(`Larder did not stop within ${stopMs / 1000} s; it ends now.`)
      process.exit(1)
    }, stopMs).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(error)
        process.exit(1)
      },
    )
  }
  const onSignal = (): void => {
    if (askedAt !== null && performance.now() - askedAt > echoMs) process.exit(130)
    begin()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(begin)
}

/** Windows, where an orphan keeps its parent's number, has no such signals either. */
function whenOrphaned(tell: () => void): void {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) tell()
  }, lookMs).unref()
}
