import { expect, it } from 'vitest'
import { undoAll } from '../../src/start/undo.ts'

/** Things that were started: each records its name when it is undone, and some fail at it. */
function startedThings(...names: readonly string[]): { started: (() => Promise<void>)[]; undone: string[] } {
  const undone: string[] = []
  const started = names.map((name) => () => {
    undone.push(name)
    return name.startsWith('broken') ? Promise.reject(new Error(name)) : Promise.resolve()
  })
  return { started, undone }
}

it('what was started last is undone first, and nothing twice', async () => {
  const { started, undone } = startedThings('database', 'cache', 'server')
  await undoAll(started)
  await undoAll(started)
  expect(undone).toEqual(['server', 'cache', 'database'])
})

it('everything is undone though some of it fails, and the first error is thrown after all', async () => {
  const { started, undone } = startedThings('database', 'broken cache', 'relay', 'broken tracing', 'server')
  await expect(undoAll(started)).rejects.toThrow('broken tracing')
  expect(undone).toEqual(['server', 'broken tracing', 'relay', 'broken cache', 'database'])
})

it('what fails at once, without a promise, keeps nothing else from being undone', async () => {
  const { started, undone } = startedThings('database')
  started.push(() => {
    throw new Error('closed already')
  })
  await expect(undoAll(started)).rejects.toThrow('closed already')
  expect(undone).toEqual(['database'])
})
