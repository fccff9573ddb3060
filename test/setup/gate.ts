/** A point that one side waits at until the other opens it. */
export function gate(): { reached: Promise<void>; arrive: () => Promise<void>; open: () => void } {
  let arrived: () => void = () => {}
  let release: () => void = () => {}
  const reached = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const opening = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    reached,
    arrive: () => {
      arrived()
      return opening
    },
    open: () => release(),
  }
}
