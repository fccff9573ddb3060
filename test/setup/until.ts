import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for something that nobody announces. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5)
}
