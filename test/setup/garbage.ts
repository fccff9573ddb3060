import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** How many of these somebody still keeps in memory. */
export async function kept(given: readonly WeakRef<object>[]): Promise<number> {
  // what was looked at through a weak reference stays until the turn is over
  for (let i = 0; i < 3; i += 1) {
    await turn()
    collectGarbage()
  }
  return given.filter((each) => each.deref() !== undefined).length
}
