import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { joined } from '../../src/database/joined.ts'

/** Statements that are answered when the test says so. */
function statements() {
  const sent: { all: readonly string[]; answer: () => void; fail: (error: Error) => void }[] = []
  const ask = (all: readonly string[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      sent.push({ all, answer: () => resolve(all.map((wanted) => `${wanted}!`)), fail: reject })
    })
  const sentSoFar = async () => {
    // whatever is to be sent without waiting for an answer has been sent by the next turn of the event loop
    await new Promise(setImmediate)
    return sent.map(({ all }) => all)
  }
  return { sent, ask, sentSoFar }
}

// no statement takes long unless a test says so
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('what is wanted of the database at the same time', () => {
  it('shares one statement, and everybody gets their own answer', async () => {
    const { sent, ask, sentSoFar } = statements()
    const want = joined(ask)
    const answers = Promise.all(['a', 'b', 'a'].map(want))
    expect(await sentSoFar()).toEqual([['a', 'b', 'a']])
    sent[0]?.answer()
    expect(await answers).toEqual(['a!', 'b!', 'a!'])
  })

  it('waits for a statement that is under way, whose answer may be too old for it, and shares the next', async () => {
    const { sent, ask, sentSoFar } = statements()
    const want = joined(ask)
    const first = want('a')
    expect(await sentSoFar()).toEqual([['a']])
    const later = [want('a')]
    expect(await sentSoFar()).toEqual([['a']])
    later.push(want('b'))
    sent[0]?.answer()
    expect(await first).toBe('a!')
    expect(await sentSoFar()).toEqual([['a'], ['a', 'b']])
    // and what comes while the second is under way waits for that
    later.push(want('c'))
    expect(await sentSoFar()).toHaveLength(2)
    sent[1]?.answer()
    expect(await sentSoFar()).toEqual([['a'], ['a', 'b'], ['c']])
    sent[2]?.answer()
    expect(await Promise.all(later)).toEqual(['a!', 'b!', 'c!'])
  })

  it('is kept waiting by a statement that does not answer for a fifth of a second, and no longer', async () => {
    const { sent, ask, sentSoFar } = statements()
    const want = joined(ask)
    const first = want('a')
    await sentSoFar()
    const next = want('b')
    await vi.advanceTimersByTimeAsync(199)
    expect(await sentSoFar()).toEqual([['a']])
    await vi.advanceTimersByTimeAsync(1)
    expect(await sentSoFar()).toEqual([['a'], ['b']])
    sent[1]?.answer()
    expect(await next).toBe('b!')
    sent[0]?.answer()
    expect(await first).toBe('a!')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told of the failure of its own statement, which keeps nobody from the next', async () => {
    const { sent, ask, sentSoFar } = statements()
    const want = joined(ask)
    const failing = Promise.allSettled([want('a'), want('b')])
    await sentSoFar()
    const next = want('c')
    sent[0]?.fail(new Error('gone'))
    expect((await failing).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    expect(await sentSoFar()).toEqual([['a', 'b'], ['c']])
    sent[1]?.answer()
    expect(await next).toBe('c!')
  })
})
