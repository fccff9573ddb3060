/**
 * A promise that gives up after so many ms. What it waited for may still happen later: the caller must not mind. Where this
 * process itself was busy for as long, what has arrived meanwhile is looked at first.
 * @throws where the time is up
 */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`${what} did not answer within ${ms} ms`))
    timer = setTimeout(() => setImmediate(giveUp), ms)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
