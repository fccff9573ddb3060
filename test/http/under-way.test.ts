import { expect, it } from 'vitest'
import { UnderWay } from '../../src/http/under-way.ts'

it('a request that is under way has an end, which comes once it is over', async () => {
  const underWay = new UnderWay()
  expect(underWay.endOf('page')).toBeUndefined()
  const end = underWay.begin('page')
  let isOver = false
  const waiting = underWay.endOf('page')?.then((inVain) => {
    isOver = true
    return inVain
  })
  await Promise.resolve()
  expect(isOver).toBe(false)
  end(false)
  expect(await waiting).toBe(false)
  expect(underWay.endOf('page')).toBeUndefined()
})

it('tells whoever waits that it was in vain', async () => {
  const underWay = new UnderWay()
  const end = underWay.begin('page')
  const waiting = underWay.endOf('page')
  end(true)
  expect(await waiting).toBe(true)
})

it('the end of one that nobody waited for any longer is not the end of its successor', async () => {
  const underWay = new UnderWay()
  const endFirst = underWay.begin('page')
  const endSecond = underWay.begin('page')
  endFirst(false)
  const second = underWay.endOf('page')
  expect(second).toBeDefined()
  endSecond(false)
  await second
  expect(underWay.endOf('page')).toBeUndefined()
})
