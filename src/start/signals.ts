const stopMs = 15_000

/** Stops the process on SIGINT and SIGTERM: in good order within 15 s, at once when asked again. */
export function stopOnSignals(stop: () => Promise<void>, complain: (what: unknown) => void): void {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) process.exit(130)
    stopping = true
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
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
